// One key for one thing. Keys do nothing while somebody types, in a dialog, or with Ctrl, Alt or Meta.
const keys = (() => {
  const known = new Map();  // key → { told, act }
  const add = (key, told, act) => known.set(key, { told, act });
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || one('dialog[open]')) return;
    if (is_typing(event.target)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    const key = known.get(event.key);
    if (!key) return;
    event.preventDefault();
    key.act(event.target);
  });
  const help = () => {
    const chart = one('.plot') ? [['← →', 'in a chart: from run to run'], ['+ − 0', 'in a chart: zoom in, out, show all'], ['Shift ← →', 'in a chart: pan'], ['Enter', 'in a chart: pin the point']] : [];
    const rows = [...[...known].map(([key, { told }]) => [key, told]), ...chart];
    open_dialog('Keys', el('dl', { class: 'keys' }, ...rows.flatMap(([key, told]) => [el('dt', {}, el('kbd', {}, key)), el('dd', {}, told)])));
  };
  add('?', 'show these keys', help);
  return { add, help };
})();
