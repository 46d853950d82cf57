// The chart of a series: made by uPlot, with what people do to it. `trend` is the API's answer for a series.
const k_height = { least: 220, most: 440, share: 0.42 };

const make_plot = (into, trend, view, marks, on) => {
  const height = () => Math.round(Math.min(k_height.most, Math.max(k_height.least, into.clientWidth * k_height.share)));
  const { ink } = marks, axis = { stroke: () => ink.soft, grid: { stroke: () => ink.line, width: 1 }, ticks: { stroke: () => ink.line, width: 1 }, font: '12px system-ui, sans-serif' };
  const hidden = { class: 'u-off', points: { show: false }, stroke: 'transparent', width: 0 };
  const by_place = (u, splits) => splits.map((place) => {
    const k = view.at_place(place);
    return Number.isInteger(place) && trend.points.i[k] === place ? `${short(trend.points.commit[k])}\n${day(trend.points.t[k])}` : Number.isInteger(place) && k < view.count && place >= 0 ? `\n${day(trend.points.t[k])}` : '';
  });
  const tint = (alpha) => ink.data.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
  const plot = new uPlot({
    width: into.clientWidth, height: height(), padding: [12, 36, 0, 4], legend: { show: false }, tzDate: (t) => uPlot.tzDate(new Date(t * 1000), 'Etc/UTC'),
    cursor: {
      y: false, drag: { x: true, y: false, dist: 6 }, points: { size: 9, fill: () => ink.page, stroke: () => ink.ink, width: 2 },
      bind: {
        mousedown: (u, target, begin) => (event) => event.shiftKey ? on.pan_by_mouse(event) : begin(event),
        dblclick: () => () => on.reset(),
      },
    },
    scales: {
      x: { time: view.x_mode === 'date', range: (u, min, max) => min === max ? [min - 0.5, max + 0.5] : [min, max] },
      y: { range: (u) => y_range(view, trend, ...u.series[0].idxs) },
    },
    series: [{}, hidden, hidden, hidden, hidden, { stroke: () => ink.data, width: 1.5, points: { size: 6, fill: () => ink.page, stroke: () => ink.data } }],
    bands: [{ series: [1, 2], fill: () => tint(0.13) }, { series: [3, 4], fill: () => tint(0.24) }],
    axes: [
      { ...axis, space: 84, size: 50, ...(view.x_mode === 'order' ? { values: by_place, incrs: [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5].map((ten) => n * ten)).sort((a, b) => a - b) } : {}) },
      { ...axis, size: 64, label: view.unit, labelSize: 20, labelFont: '12px system-ui, sans-serif', values: (u, splits) => splits.map((value) => view.unit === '%' ? (value > 0 ? '+' : '') + digits(value, 4) : digits(value, 5)) },
    ],
    hooks: {
      drawAxes: [(u) => marks.below.forEach((draw) => draw(u, view))],
      draw: [(u) => marks.above.forEach((draw) => draw(u, view))],
      setCursor: [(u) => on.point(u.cursor.idx)],
      setScale: [(u, name) => name === 'x' && on.scaled(u.scales.x.min, u.scales.x.max)],
    },
  }, view.columns, into);
  plot.fit = () => plot.setSize({ width: into.clientWidth, height: height() });
  plot.root.setAttribute('role', 'img');
  plot.root.setAttribute('aria-label', describe_trend(trend));
  return plot;
};

// Buttons of which one is pressed.
const make_choice = (label, options, now, chosen) => {
  const group = el('span', { class: 'group', role: 'group', 'aria-label': label });
  const press = (value) => all('button', group).forEach((b) => b.setAttribute('aria-pressed', b.value === value));
  group.append(...Object.entries(options).map(([value, text]) => button(text, { value, onclick: () => { press(value); chosen(value); } })));
  press(now);
  return group;
};

const make_chart = (figure, whole, { title = '', addressed = true, machine_label = '' } = {}) => {
  const told = (name) => addressed ? address.get(name) : null, tell = (changes) => addressed && address.set(changes);
  let trend = { ...whole, machine_label }, view, plot, tip_at = -1;
  let x_mode = choice(told('x'), k_x_modes), y_mode = choice(told('y'), k_y_modes);

  const stage = el('div', { class: 'plot', tabindex: 0, role: 'application', 'aria-label': `Chart${title ? ' of ' + title : ''}: arrow keys move from run to run, plus and minus zoom, Shift with arrows pans, 0 shows all, Enter pins` });
  const tip = el('div', { class: 'tip', hidden: true }), legend = el('p', { class: 'legend' });
  const pins = make_pins(() => trend, () => plot.redraw(false));
  const marks = make_marks(trend, () => addressed ? pins.points() : []);

  const extent = () => {
    const x = view.columns[0], last = x[x.length - 1], edge = x_mode === 'order' ? 0.5 : (last - x[0]) * 0.01 || 3600;
    return [x[0] - edge, last + edge];
  };
  let all_of_it;
  const zoom_to = (min, max) => {
    const [first, last] = all_of_it, span = Math.min(last - first, Math.max(max - min, x_mode === 'order' ? 3 : 3600));
    const begin = Math.min(Math.max(first, (min + max - span) / 2), last - span);
    plot.setScale('x', { min: begin, max: begin + span });
  };
  const zoom_by = (factor, middle = (plot.scales.x.min + plot.scales.x.max) / 2) => {
    const { min, max } = plot.scales.x;
    zoom_to(middle - (middle - min) * factor, middle + (max - middle) * factor);
  };
  const pan_by = (share) => {
    const { min, max } = plot.scales.x;
    zoom_to(min + (max - min) * share, max + (max - min) * share);
  };
  const reset = () => zoom_to(...all_of_it);

  // The zoom is kept as places, so that it holds in both modes.
  const scaled = (min, max) => {
    const is_all = min <= all_of_it[0] && max >= all_of_it[1], { i, t } = trend.points;
    const [from, to] = x_mode === 'order' ? [min, max] : [i[Math.max(0, t.findIndex((time) => time >= min))], i[t.findLastIndex((time) => time <= max)] ?? 0];
    tell({ zoom: is_all ? null : `${Math.max(0, Math.round(from))},${Math.round(to)}` });
    if (!is_all) detail.ask(Math.max(0, Math.floor(from)), Math.ceil(to));
  };
  // A served page asks for the runs themselves where it has buckets of them, or not their values.
  const detail = (() => {
    let timer = 0, known = [trend.decimated ? 1 : 0, 0];
    const ask = (from, to) => {
      const wants = trend.decimated || (!trend.values && to - from <= 400);
      if (exported || !trend.series || !wants || (from >= known[0] && to <= known[1])) return;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const span = to - from, query = new URLSearchParams({ branch: trend.branch, machine: trend.machine, from: `i:${Math.max(0, from - span)}`, to: `i:${to + span}`, values: 1 });
        const answer = await api.get(`series/${trend.series.id}?${query}`).catch(() => null);
        if (!answer?.points?.value?.length) return;
        known = [answer.decimated ? 1 : Math.max(0, from - span), answer.decimated ? 0 : to + span];
        const run = tip.hidden ? null : trend.points.run[tip_at];
        Object.assign(trend, { points: answer.points, values: answer.values, decimated: answer.decimated });
        draw([plot.scales.x.min, plot.scales.x.max]);
        const k = trend.points.run.indexOf(run);
        if (k >= 0) stand_at(view.x_of(k));
      }, 200);
    };
    return { ask };
  })();

  const point = (index) => {
    const k = index === null || index === undefined ? -1 : view.order[index];
    tip_at = k;
    tip.hidden = k < 0 || !Number.isFinite(trend.points.value[k]);
    if (tip.hidden) return;
    const [value, ...lines] = describe_point(trend, k);
    tip.replaceChildren(el('b', {}, value), ...lines.map((text) => el('div', {}, text)));
    const x = plot.valToPos(view.x_of(k), 'x') + plot.over.offsetLeft, right = x > stage.clientWidth / 2;
    tip.style.left = right ? 'auto' : `${x + 12}px`;
    tip.style.right = right ? `${stage.clientWidth - x + 12}px` : 'auto';
  };
  const stand_at = (x) => queueMicrotask(() => plot.setCursor({ left: plot.valToPos(x, 'x'), top: plot.over.clientHeight / 2 }));  // after uPlot's own, which applies the zoom
  const go_to = (index) => {
    const at = Math.max(0, Math.min(view.count - 1, index)), x = view.columns[0][at], { min, max } = plot.scales.x;
    if (x < min || x > max) zoom_to(x - (max - min) / 2, x + (max - min) / 2);
    stand_at(x);
    announce(describe_point(trend, view.order[at]).join('. '));
  };
  const pan_by_mouse = (begin) => {
    const { min, max } = plot.scales.x, per_pixel = (max - min) / plot.over.clientWidth;
    const move = (event) => zoom_to(min - (event.clientX - begin.clientX) * per_pixel, max - (event.clientX - begin.clientX) * per_pixel);
    addEventListener('mousemove', move);
    addEventListener('mouseup', () => removeEventListener('mousemove', move), { once: true });
  };

  const draw = (zoom) => {
    view = make_view(trend, x_mode, y_mode);
    all_of_it ??= extent();
    plot?.destroy();
    plot = make_plot(stage, trend, view, marks, { point, scaled, reset, pan_by_mouse });
    zoom_to(...(zoom ?? all_of_it));
    if (addressed) plot.over.addEventListener('click', () => tip_at >= 0 && pins.toggle(tip_at));
    plot.over.addEventListener('mouseleave', () => { tip.hidden = true; });
    stage.append(tip);
    legend.replaceChildren(...legend_of(trend));
    pins.show();
  };
  const again = () => {  // after a change of mode
    const zoom = (told('zoom') ?? '').split(',').map(Number);
    all_of_it = null;
    draw();
    if (zoom.length === 2 && zoom.every(Number.isFinite)) zoom_to(x_mode === 'order' ? zoom[0] : view.edge(zoom[0]), x_mode === 'order' ? zoom[1] : view.edge(zoom[1] + 1));
  };

  stage.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !stage.contains(document.activeElement)) return;  // a page that scrolls must not be caught in a chart
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan_by(Math.sign(event.deltaX || event.deltaY) * 0.1);
    else zoom_by(event.deltaY > 0 ? 1.25 : 0.8, plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x'));
  }, { passive: false });
  stage.addEventListener('keydown', (event) => {
    const at = tip.hidden || tip_at < 0 ? view.count : view.order.indexOf(tip_at);
    const keys = {
      ArrowLeft: () => event.shiftKey ? pan_by(-0.25) : go_to(at - 1), ArrowRight: () => event.shiftKey ? pan_by(0.25) : go_to(at === view.count ? at - 1 : at + 1),
      Home: () => go_to(0), End: () => go_to(view.count - 1), '+': () => zoom_by(0.6), '=': () => zoom_by(0.6), '-': () => zoom_by(1 / 0.6), 0: reset,
      Enter: () => addressed && tip_at >= 0 && pins.toggle(tip_at), Escape: () => { tip.hidden = true; },
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });

  const kept = figure.nextElementSibling?.matches('details.table') ? figure.nextElementSibling : null;
  const table = kept ? { toggle: make_toggle(kept), panel: '' } : make_point_table(() => trend);
  const tools = el('div', { class: 'tools' },
    make_choice('Horizontal axis', { order: 'By commit', date: 'By date' }, x_mode, (now) => { x_mode = now; tell({ x: now === 'order' ? null : now }); again(); }),
    make_choice('Vertical axis', { auto: 'Auto', zero: 'From 0', percent: '% of first level' }, y_mode, (now) => { y_mode = now; tell({ y: now === 'auto' ? null : now }); again(); }),
    el('span', { class: 'group', role: 'group', 'aria-label': 'Zoom' },
      button('◀', { 'aria-label': 'Earlier', onclick: () => pan_by(-0.5) }), button('−', { 'aria-label': 'Zoom out', onclick: () => zoom_by(1 / 0.6) }),
      button('+', { 'aria-label': 'Zoom in', onclick: () => zoom_by(0.6) }), button('▶', { 'aria-label': 'Later', onclick: () => pan_by(0.5) }), button('All', { 'aria-label': 'Show all', onclick: reset })),
    table.toggle, button('Save picture', { onclick: () => save_picture(plot, title, marks.ink) }));

  figure.prepend(tools, stage);
  tools.after(stage);
  stage.after(legend, addressed ? pins.panel : '', table.panel);
  again();
  new ResizeObserver(() => stage.clientWidth !== plot.width && plot.fit()).observe(stage);
  theme.changed(() => { marks.recolour(); plot.redraw(false); });
  detail.ask(0, trend.total ?? 0);
  return { trend: () => trend, draw };
};
