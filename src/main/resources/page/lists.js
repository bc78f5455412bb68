/* A list is one stop of the Tab key, however long it is: the arrow keys, Home and End move within it. */

import {attribute} from './dom.js';

/**
 * Makes the buttons of a list one stop. Up and Down go to the next row's button of the same kind, Left and Right to the
 * others in a row.
 *
 * @param row selects the rows
 * @param item selects the buttons in a row
 */
export function oneStop(list, row, item) {
  let current = null;

  const visible = (element) => !list.contains(element.closest('[hidden]'));
  const rows = () => [...list.querySelectorAll(row)].filter(visible);
  const items = (element) => [...element.querySelectorAll(item)].filter(visible);

  function refresh() {
    const all = [...list.querySelectorAll(item)];
    if (!current || !list.contains(current) || !visible(current)) {
      current = all.find(visible) ?? null;
    }
    all.forEach((one) => attribute(one, 'tabindex', one === current ? 0 : -1));
  }

  function go(to) {
    if (to) {
      current = to;
      refresh();
      to.focus();
    }
  }

  list.addEventListener('focusin', ({target}) => {
    if (target.matches(item) && target !== current) {
      current = target;
      refresh();
    }
  });
  list.addEventListener('keydown', (event) => {
    const here = event.target.closest(item);
    if (!here || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const all = rows();
    const at = all.indexOf(here.closest(row));
    const own = items(all[at]);
    const beside = (element) => {
      const theirs = element ? items(element) : [];
      return theirs.find((one) => one.dataset.action === here.dataset.action) ?? theirs[0];
    };
    const to = {
      ArrowDown: () => beside(all[at + 1]),
      ArrowUp: () => beside(all[at - 1]),
      ArrowRight: () => own[own.indexOf(here) + 1] ?? (own.length > 1 ? undefined : beside(all[at + 1])),
      ArrowLeft: () => own[own.indexOf(here) - 1] ?? (own.length > 1 ? undefined : beside(all[at - 1])),
      Home: () => beside(all[0]),
      End: () => beside(all.at(-1)),
    }[event.key];
    if (to) {
      event.preventDefault();
      go(to());
    }
  });
  new MutationObserver(refresh).observe(list, {childList: true, subtree: true, attributes: true, attributeFilter: ['hidden']});
  refresh();
  return refresh;
}
