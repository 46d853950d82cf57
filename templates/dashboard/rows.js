// A list whose rows are walked by keyboard: j and k move, Enter opens, x selects where rows can be selected.
const make_rows = (rows) => {
  let at = -1;
  const visible = () => rows.filter((row) => !row.hidden);
  const current = () => rows[at] && !rows[at].hidden ? rows[at] : null;
  const go = (row) => {
    current()?.removeAttribute('aria-current');
    at = rows.indexOf(row);
    row.setAttribute('aria-current', 'true');
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  };
  const step = (by) => {
    const shown = visible(), now = shown.indexOf(current());
    const next = shown[now < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.max(0, Math.min(shown.length - 1, now + by))];
    if (next) go(next);
  };
  rows.forEach((row) => row.addEventListener('focusin', () => {
    if (current() === row) return;
    current()?.removeAttribute('aria-current');
    at = rows.indexOf(row);
    row.setAttribute('aria-current', 'true');
  }));
  keys.add('j', 'next row', () => step(1));
  keys.add('k', 'row before', () => step(-1));
  const open = (row) => row && one('a[href]', row)?.click();
  keys.add('o', 'open the row (so does Enter)', () => open(current()));
  rows.forEach((row) => row.addEventListener('keydown', (event) => event.key === 'Enter' && event.target === row && open(row)));
  return { current, visible, go, rows };
};
