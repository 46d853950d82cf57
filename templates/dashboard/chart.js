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
  const trend = { ...whole, machine_label }, modes = { x: choice(told('x'), k_x_modes), y: choice(told('y'), k_y_modes) };
  let view, plot, everything;

  const stage = el('div', { class: 'plot', tabindex: 0, role: 'application', 'aria-label': `Chart${title ? ' of ' + title : ''}: arrow keys move from run to run, plus and minus zoom, Shift with arrows pans, 0 shows all, Enter pins` });
  const legend = el('p', { class: 'legend' });
  const zoom = make_zoom(() => ({ plot, all: everything, least: modes.x === 'order' ? 3 : 3600 }));
  const tip = make_tip(stage, () => ({ plot, view, trend }));
  const pins = make_pins(() => trend, () => plot.redraw(false));
  const pin = () => addressed && tip.at() >= 0 && pins.toggle(tip.at());
  const marks = make_marks(trend, () => addressed ? pins.points() : []);
  const look_closer = make_detail(whole, ({ points, values, decimated }) => {
    const run = tip.run();
    Object.assign(trend, { points, values, decimated });
    draw([plot.scales.x.min, plot.scales.x.max]);
    const k = points.run.indexOf(run);
    if (k >= 0) tip.stand_at(view.x_of(k));
  });

  // The zoom is kept as places, so that it holds in both modes.
  const scaled = (min, max) => {
    const is_all = min <= everything[0] && max >= everything[1], { i, t } = trend.points;
    const [from, to] = modes.x === 'order' ? [min, max] : [i[Math.max(0, t.findIndex((time) => time >= min))], i[t.findLastIndex((time) => time <= max)] ?? 0];
    tell({ zoom: is_all ? null : `${Math.max(0, Math.round(from))},${Math.round(to)}` });
    look_closer(Math.max(0, Math.floor(from)), Math.ceil(to), is_all);
  };
  const draw = (part) => {
    view = make_view(trend, modes.x, modes.y);
    plot?.destroy();
    plot = make_plot(stage, trend, view, marks, { point: tip.show, scaled, reset: zoom.reset, pan_by_mouse: zoom.pan_by_mouse });
    plot.over.addEventListener('click', pin);
    plot.over.addEventListener('mouseleave', tip.hide);
    stage.append(tip.box);
    zoom.to(...(part ?? everything));
    legend.replaceChildren(...legend_of(trend));
    pins.show();
  };
  const draw_anew = () => {
    const places = (told('zoom') ?? '').split(',').map(Number);
    everything = extent_of(whole.points, modes.x);
    draw();
    if (places.length === 2 && places.every(Number.isFinite)) zoom.to(modes.x === 'order' ? places[0] : view.edge(places[0]), modes.x === 'order' ? places[1] : view.edge(places[1] + 1));
  };
  const axis = (name, label, options) => make_choice(label, options, modes[name], (now) => {
    modes[name] = now;
    tell({ [name]: now === Object.keys(options)[0] ? null : now });
    draw_anew();
  });

  zoom.wheel(stage);
  walk_by_keys(stage, { zoom, tip, pin, now: () => ({ plot, view, trend }) });
  const kept = figure.nextElementSibling?.matches('details.table') ? figure.nextElementSibling : null;
  const table = kept ? { toggle: make_toggle(kept), panel: '' } : make_point_table(() => trend);
  figure.prepend(
    el('div', { class: 'tools' }, axis('x', 'Horizontal axis', { order: 'By commit', date: 'By date' }), axis('y', 'Vertical axis', { auto: 'Auto', zero: 'From 0', percent: '% of first level' }),
      zoom.buttons(), table.toggle, button('Save picture', { onclick: () => save_picture(plot, title, marks.ink) })),
    stage, legend, addressed ? pins.panel : '', table.panel);
  draw_anew();
  new ResizeObserver(() => stage.clientWidth !== plot.width && plot.fit()).observe(stage);
  theme.changed(() => { marks.recolour(); plot.redraw(false); });
};

// All of the points, with a little room at their ends.
const extent_of = ({ i, t }, x_mode) => {
  if (x_mode === 'order') return [i[0] - 0.5, i[i.length - 1] + 0.5];
  const [first, last] = t.reduce(([least, most], time) => [Math.min(least, time), Math.max(most, time)], [Infinity, -Infinity]), edge = (last - first) * 0.01 || 3600;
  return [first - edge, last + edge];
};

// From run to run, and the zoom, by the keys that the chart's name tells.
const walk_by_keys = (stage, { zoom, tip, pin, now }) => {
  const go_to = (index) => {
    const { plot, view, trend } = now(), at = Math.max(0, Math.min(view.count - 1, index)), x = view.columns[0][at], { min, max } = plot.scales.x;
    if (x < min || x > max) zoom.to(x - (max - min) / 2, x + (max - min) / 2);
    tip.stand_at(x);
    announce(describe_point(trend, view.order[at]).join('. '));
  };
  stage.addEventListener('keydown', (event) => {
    const { view } = now(), at = tip.at() < 0 ? view.count : view.order.indexOf(tip.at());
    const acts = {
      ArrowLeft: () => event.shiftKey ? zoom.pan(-0.25) : go_to(at - 1), ArrowRight: () => event.shiftKey ? zoom.pan(0.25) : go_to(at + 1),
      Home: () => go_to(0), End: () => go_to(view.count - 1), '+': () => zoom.by(0.6), '=': () => zoom.by(0.6), '-': () => zoom.by(1 / 0.6), 0: zoom.reset, Enter: pin, Escape: tip.hide,
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(acts, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  });
};
