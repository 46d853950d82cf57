// Two points of a chart that somebody holds on to: what lies between them, and the page that compares the two commits.
const make_pins = (trend, changed) => {
  let runs = (address.get('pin') ?? '').split(',').filter(Boolean).slice(0, 2).map(Number);
  const panel = el('div', { class: 'pins', hidden: true });
  const points = () => runs.map((run) => trend().points.run.indexOf(run)).filter((k) => k >= 0).sort((a, b) => a - b);  // A is the older

  const told = (k, name) => {
    const { series, unit, points: p } = trend();
    return el('li', {},
      el('b', {}, name), ' ', quantity(p.value[k], unit), ' · ',
      link(place_of.run(p.run[k], series.id), { class: 'sha' }, short(p.commit[k])), ' ', el('span', { class: 'muted' }, p.subject?.[k] ?? ''), ' ',
      button('Unpin', { class: 'small', 'aria-label': `Unpin ${name}`, onclick: () => set(runs.filter((run) => run !== p.run[k])) }));
  };
  const show = () => {
    const { points: p } = trend(), shown = points();
    panel.hidden = !shown.length;
    panel.replaceChildren(el('ul', {}, ...shown.map((k, n) => told(k, 'AB'[n]))));
    if (shown.length === 2) {
      const [a, b] = shown, href = place_of.compare(p.commit[a], p.commit[b]);
      panel.append(el('p', {}, `B against A: ${change(p.value[b] / p.value[a] - 1)}. `, href && link(href, { class: 'go' }, 'Compare these two commits')));
    } else if (shown.length) {
      panel.append(el('p', { class: 'muted' }, 'Pin a second point to compare the two.'));
    }
  };
  const set = (now) => {
    runs = now;
    address.set({ pin: runs.join(',') });
    show();
    changed();
  };
  const toggle = (k) => {
    const run = trend().points.run[k];
    set(runs.includes(run) ? runs.filter((other) => other !== run) : runs.length === 2 ? [run] : [...runs, run]);
    announce(panel.hidden ? 'Unpinned.' : panel.textContent);
  };
  return { panel, points, toggle, show };
};
