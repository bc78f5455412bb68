/* What to type where there is no service yet, for this gateway and these ports. */

import {byId, text} from './dom.js';
import {here} from './mount.js';

const USUAL_GATEWAYS = ['http://localhost:8000', 'http://127.0.0.1:8000']; // where a service looks without GATEWAY_URL
const USUAL_PORT = 8001; // of service A
const gateway = here();

/**
 * Shows or hides what to do.
 *
 * @param left the services that left lately: service A may have had another port than usual
 */
export function hint(shown, left) {
  byId('no-backends').hidden = !shown;
  if (shown) {
    text(byId('how-to-start'), start(left));
    text(byId('how-to-register'), register());
  }
}

/** Returns the command that starts service A, as run.sh itself prints it for one that has ended. */
function start(left) {
  const before = left.find(({service}) => service === 'service-a')?.url ?? '';
  const port = Number(/:(\d+)/.exec(before)?.[1] ?? USUAL_PORT); // the gateway names it, even port 80
  const settings = USUAL_GATEWAYS.includes(gateway) ? '' : `GATEWAY_URL=${gateway} `;
  return `${settings}./run.sh a${port === USUAL_PORT ? '' : ` ${port}`}`;
}

const register = () => `curl -H 'Content-Type: application/json' \\\n  -d '{"name":"orders","url":"http://localhost:8004"}' \\\n  ${gateway}/services`;
