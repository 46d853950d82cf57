// What stands around a chart: what it says of a point, its legend, its points as a table, and the picture to save.

// The box that tells of the point under the cursor. at() is that point, -1 without one.
const make_tip = (stage, now) => {
  const box = el('div', { class: 'tip', hidden: true });
  let k = -1;
  const hide = () => { box.hidden = true; };
  const show = (index) => {
    const { plot, view, trend } = now();
    k = index === null || index === undefined ? -1 : view.order[index];
    box.hidden = k < 0 || !Number.isFinite(trend.points.value[k]);
    if (box.hidden) return;
    const [value, ...lines] = describe_point(trend, k);
    box.replaceChildren(el('b', {}, value), ...lines.map((text) => el('div', {}, text)));
    const x = plot.valToPos(view.x_of(k), 'x') + plot.over.offsetLeft, right = x > stage.clientWidth / 2;
    box.style.left = right ? 'auto' : `${x + 12}px`;
    box.style.right = right ? `${stage.clientWidth - x + 12}px` : 'auto';
  };
  const stand_at = (x) => queueMicrotask(() => {  // after uPlot's own, which applies a zoom
    const { plot } = now();
    plot.setCursor({ left: plot.valToPos(x, 'x'), top: plot.over.clientHeight / 2 });
  });
  const at = () => box.hidden ? -1 : k;
  return { box, show, hide, stand_at, at, run: () => at() < 0 ? null : now().trend.points.run[k] };
};

const legend_of = (trend) => {
  const sign = (shown, kind, text) => shown ? [el('span', {}, el('i', { class: `sign ${kind}`, 'aria-hidden': 'true' }), text)] : [];
  return [
    ...sign(true, 'median', trend.points.low ? 'median of a run' : 'median of all series'), ...sign(trend.points.low, 'band', trend.decimated ? 'quartiles, and all runs around' : 'quartiles'),
    ...sign(trend.values, 'dot', 'one process'), ...sign(trend.segments.length, 'level', 'level'), ...sign(trend.changes.length, 'change', 'change of level: ▸ worse, ▾ better'),
    ...sign(trend.deploys?.length, 'deploy', '⚑ deploy'), ...sign(Number.isFinite(trend.budget?.value), 'limit', 'limit'),
  ];
};

// A button for the table that the page has below the chart.
const make_toggle = (details) => {
  const show = () => toggle.setAttribute('aria-expanded', String(details.open));
  const toggle = button('Table', { onclick: () => { details.open = !details.open; } });
  details.addEventListener('toggle', show);
  show();
  return toggle;
};

// A table of the points, for a chart whose page has none.
const k_most_rows = 500;
const make_point_table = (trend) => {
  const panel = el('div', { class: 'wide points', hidden: true, tabindex: 0, role: 'group', 'aria-label': 'Points of the chart' });
  const rows = () => {
    const { points, unit, series, changes } = trend(), count = points.value.length, from = Math.max(0, count - k_most_rows);
    const by_i = new Map(changes.map((c) => [c.i, c]));
    const head = el('tr', {}, ...['Commit', 'Time', 'Median', 'Quartiles', 'n', 'Change of level', 'Subject'].map((text, n) => el('th', { scope: 'col', class: n > 1 && n < 6 ? 'number' : '' }, text)));
    const body = [];
    for (let k = count - 1; k >= from; k--) {
      const c = by_i.get(points.i[k]);
      body.push(el('tr', {},
        el('td', {}, link(place_of.run(points.run[k], series?.id), { class: 'sha' }, short(points.commit[k]))), el('td', {}, moment(points.t[k])),
        el('td', { class: 'number' }, quantity(points.value[k], unit)),
        el('td', { class: 'number' }, Number.isFinite(points.low?.[k]) ? `${quantity(points.low[k], unit)} – ${quantity(points.high[k], unit)}` : '–'),
        el('td', { class: 'number' }, String(points.n?.[k] ?? '–')), el('td', { class: 'number' }, c ? tell_change(trend(), c) : ''),
        el('td', {}, points.subject?.[k] ?? '')));
    }
    const caption = count > k_most_rows ? `The newest ${k_most_rows} of ${count} points` : plural(count, 'point') + ', newest first';
    panel.replaceChildren(el('table', {}, el('caption', {}, caption), el('thead', {}, head), el('tbody', {}, ...body)));
  };
  const toggle = button('Table', { 'aria-expanded': 'false', onclick: () => {
    panel.hidden = !panel.hidden;
    toggle.setAttribute('aria-expanded', String(!panel.hidden));
    if (!panel.hidden) rows();
  } });
  return { toggle, panel };
};

const save_picture = (plot, title, ink) => {
  const source = one('canvas', plot.root), ratio = devicePixelRatio, head = 34 * ratio;
  const canvas = el('canvas', { width: source.width, height: source.height + head }), ctx = canvas.getContext('2d');
  ctx.fillStyle = ink.page;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = ink.ink;
  ctx.font = `600 ${15 * ratio}px system-ui, sans-serif`;
  ctx.fillText(title, 12 * ratio, 22 * ratio, canvas.width - 24 * ratio);
  ctx.drawImage(source, 0, head);
  canvas.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    el('a', { href, download: title.replace(/[^\w.-]+/g, '_').slice(0, 80) + '.png' }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  });
};
