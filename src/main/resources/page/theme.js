/* The theme: the system's, or the one chosen here. A classic script in the head, not a module, because it must run
 * before the first paint, so that a dark page never flashes white. Fires "themechange" when the colours change.
 */
(() => {
  const KEY = 'gateway-theme';
  const CHOICES = ['system', 'light', 'dark'];

  // Storage may be disabled; the choice then lasts as long as the page.
  const stored = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const store = (choice) => {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // see above
    }
  };

  let choice = CHOICES.includes(stored()) ? stored() : 'system';
  const apply = () => {
    document.documentElement.dataset.theme = choice;
    document.dispatchEvent(new Event('themechange'));
  };
  apply();

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    const label = () => {
      button.textContent = `Theme: ${choice}`;
    };
    button.addEventListener('click', () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      store(choice);
      label();
      apply();
    });
    label();
  });
})();
