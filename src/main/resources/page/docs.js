// Shows /openapi.json with Swagger UI, in the system's light or dark theme.

import {urlOf} from './mount.js';
import {patiently} from './waiting.js';

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
follow();
dark.addEventListener("change", follow);

// Swagger UI asks with fetch, and would wait without a word.
const {fetch} = window;
window.fetch = (resource, init = {}) =>
  patiently(new URL(resource.url ?? resource, location.href).pathname, (signal) =>
    fetch(resource, {...init, signal: init.signal ? AbortSignal.any([init.signal, signal]) : signal}));

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // else it would ask a server on the internet
  // Swagger UI encodes the slashes of a path parameter; below /api they must stay slashes.
  requestInterceptor: (request) => {
    const url = new URL(request.url, location.href);
    if (url.pathname.startsWith(urlOf("/api/"))) {
      url.pathname = url.pathname.replaceAll("%2F", "/");
      request.url = url.href;
    }
    return request;
  },
});
