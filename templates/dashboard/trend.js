// What a chart of a series draws: columns for uPlot made from the API's answer for a series, in commit order or by date, in its unit or as
// a change in per cent. A place is a run's number in commit order; `k` counts the columns.
const k_x_modes = ['order', 'date'], k_y_modes = ['auto', 'zero', 'percent'];

const make_view = (trend, x_mode, y_mode) => {
  const { points } = trend, count = points.value.length;
  const order = Array.from({ length: count }, (_, k) => k);
  if (x_mode === 'date') order.sort((a, b) => points.t[a] - points.t[b] || a - b);
  const x_of = x_mode === 'date' ? (k) => points.t[k] : (k) => points.i[k];

  const base = trend.segments[0]?.level ?? points.value.find(Number.isFinite) ?? 1;
  const most = points.value.reduce((so_far, value) => Math.max(so_far, Math.abs(value ?? 0)), 0);
  const scale = scale_for(most, trend.unit);
  const y_of = y_mode === 'percent' ? (value) => (value / base - 1) * 100 : (value) => value * scale.factor;
  const column = (values) => order.map((k) => Number.isFinite(values?.[k]) ? y_of(values[k]) : null);

  // The first point at or after a place.
  const at_place = (place) => {
    let low = 0, high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points.i[middle] < place) low = middle + 1; else high = middle;
    }
    return low;
  };
  // The x before a place, where a change or a level begins.
  const edge = (place) => {
    if (x_mode === 'order') return place - 0.5;
    const k = at_place(place);
    return k <= 0 ? x_of(0) : k >= count ? x_of(count - 1) : (x_of(k - 1) + x_of(k)) / 2;
  };
  return {
    x_mode, y_mode, order, x_of, y_of, edge, at_place, count, unit: y_mode === 'percent' ? '%' : scale.unit,
    columns: [order.map(x_of), column(trend.decimated ? points.max : []), column(trend.decimated ? points.min : []), column(points.high), column(points.low), column(points.value)],
  };
};

// The least and the most that is seen between two columns, with the limit when it is near.
const y_range = (view, trend, from, to) => {
  let least = Infinity, most = -Infinity;
  const see = (value) => {
    if (!Number.isFinite(value)) return;
    least = Math.min(least, value);
    most = Math.max(most, value);
  };
  for (let k = Math.max(0, from); k <= Math.min(view.count - 1, to); k++) {
    for (let column = 1; column < view.columns.length; column++) see(view.columns[column][k] ?? NaN);
    trend.values?.[view.order[k]]?.forEach((value) => see(view.y_of(value)));
  }
  if (least > most) return [0, 1];
  let span = most - least || Math.abs(most) * 0.02 || 1;
  const limit = Number.isFinite(trend.budget?.value) ? view.y_of(trend.budget.value) : NaN;
  if (limit > most && limit < most + span) most = limit;
  if (limit < least && limit > least - span) least = limit;
  const from_zero = view.y_mode === 'zero';
  if (from_zero) [least, most] = [Math.min(0, least), Math.max(0, most)];
  span = most - least || span;
  return [from_zero && least === 0 ? 0 : least - span * 0.06, from_zero && most === 0 ? 0 : most + span * 0.16];
};

const is_worse = (trend, share) => trend.better === 'higher' ? share < 0 : share > 0;
const kind_of = (trend, one_change) => is_worse(trend, one_change.change) ? 'worse' : 'better';
// A change as all pages write it: with the sign that reports use too, and the word.
const tell_change = (trend, one_change) => {
  const kind = kind_of(trend, one_change);
  return `${k_signs[kind]} ${change(one_change.change)} ${kind}`;
};
const k_signs = { worse: '▸', better: '▾' };

// The chart in words, for those who do not see it.
const describe_trend = (trend) => {
  const { points } = trend, count = points.value.length;
  if (!count) return 'No runs yet.';
  const first = points.value.find(Number.isFinite), last = points.value.findLast(Number.isFinite);
  const out = [`${plural(trend.total ?? count, 'run')}, shown from ${day(points.t[0])} to ${day(points.t[count - 1])}: the median went from ${quantity(first, trend.unit)} to ${quantity(last, trend.unit)} (${change(last / first - 1)}).`];
  if (trend.changes.length) {
    const told = trend.changes.slice(-5).map((c) => `${change(c.change)}, ${kind_of(trend, c)}, at ${short(c.commit)} on ${day(c.t)}`);
    out.push(`${plural(trend.changes.length, 'change')} of level${trend.changes.length > 5 ? ', the last five' : ''}: ${told.join('; ')}.`);
  } else {
    out.push('No change of level.');
  }
  if (Number.isFinite(trend.budget?.value)) out.push(`Limit: ${quantity(trend.budget.value, trend.unit)} (${trend.budget.text}).`);
  return out.join(' ');
};

// One point in words, a line each; the first is the value.
const describe_point = (trend, k) => {
  const { points } = trend, before = points.value[k - 1];
  const lines = [quantity(points.value[k], trend.unit) + (Number.isFinite(before) ? `, ${change(points.value[k] / before - 1)} against the ${trend.decimated ? 'point' : 'run'} before` : '')];
  if (Number.isFinite(points.low?.[k])) lines.push(`quartiles ${quantity(points.low[k], trend.unit)} to ${quantity(points.high[k], trend.unit)}, n = ${points.n?.[k] ?? '?'}`);
  if (trend.decimated && points.min) lines.push(`runs around it: ${quantity(points.min[k], trend.unit)} to ${quantity(points.max[k], trend.unit)}`);
  const started = trend.changes.find((c) => c.i === points.i[k]);
  if (started) lines.push(`a new level begins here: ${tell_change(trend, started)} (99 % interval ${change(started.low)} to ${change(started.high)})${started.alert ? `, alert ${started.alert}` : ''}`);
  lines.push([short(points.commit?.[k]), points.subject?.[k]].filter(Boolean).join(' '));
  lines.push([moment(points.t[k]), trend.machine_label ?? trend.machine].filter(Boolean).join(' · '));
  return lines.filter(Boolean);
};
