// What a chart of a series draws: columns for uPlot made from a trend, in commit order or by date, in the unit or as a change in per cent.
//
// A trend: { name, unit, better: 'lower' | 'higher', points: columns of equal length { run, commit, subject, time (ms), machine, n, median,
// low, high }, values: a list of values for each point or nothing, changes: [{ at, share, alert, state, href }] where `at` is the first point
// of the new level, levels: [{ first, last, value }], deploys: [{ time, label }], limit: { value, text } or nothing }.
const k_x_modes = ['order', 'date'], k_y_modes = ['auto', 'zero', 'base'];

const make_view = (trend, x_mode, y_mode) => {
  const { points } = trend, count = points.median.length;
  const order = Array.from({ length: count }, (_, i) => i);
  if (x_mode === 'date') order.sort((a, b) => points.time[a] - points.time[b] || a - b);
  const x_of = x_mode === 'date' ? (i) => points.time[i] / 1000 : (i) => i;
  const place = new Int32Array(count);  // where a point of the trend stands in the columns
  order.forEach((i, k) => { place[i] = k; });

  const base = trend.levels[0]?.value ?? points.median.find(Number.isFinite) ?? 1;
  let most = 0;
  for (const value of points.median) most = Math.max(most, Math.abs(value ?? 0));
  const scale = scale_for(most, trend.unit);
  const y_of = y_mode === 'base' ? (value) => (value / base - 1) * 100 : (value) => value * scale.factor;
  const column = (values) => order.map((i) => Number.isFinite(values[i]) ? y_of(values[i]) : null);
  return {
    x_mode, y_mode, order, place, x_of, y_of, count,
    unit: y_mode === 'base' ? '%' : scale.unit,
    columns: [order.map(x_of), column(points.high), column(points.low), column(points.median)],
    // The edge in front of a point, where a change or a level begins.
    edge: (at) => at <= 0 ? x_of(0) : at >= count ? x_of(count - 1) : (x_of(at - 1) + x_of(at)) / 2,
  };
};

// The least and the most that is seen between two columns, with the limit when it is near.
const y_range = (view, trend, from, to) => {
  let least = Infinity, most = -Infinity;
  for (let k = Math.max(0, from); k <= Math.min(view.count - 1, to); k++) {
    for (const column of [1, 2, 3]) {
      const value = view.columns[column][k];
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  if (least > most) return [0, 1];
  let span = most - least || Math.abs(most) * 0.02 || 1;
  const limit = trend.limit ? view.y_of(trend.limit.value) : NaN;
  if (limit > most && limit < most + span) most = limit;
  if (limit < least && limit > least - span) least = limit;
  if (view.y_mode === 'zero') [least, most] = [Math.min(0, least), Math.max(0, most)];
  span = most - least || span;
  return [view.y_mode === 'zero' && least === 0 ? 0 : least - span * 0.06, view.y_mode === 'zero' && most === 0 ? 0 : most + span * 0.14];
};

const is_worse = (trend, share) => trend.better === 'higher' ? share < 0 : share > 0;
const k_marks = { worse: '▲', better: '▼' };
const mark_of = (trend, one_change) => is_worse(trend, one_change.share) ? 'worse' : 'better';

// The chart in words: for those who do not see it, and below it for all.
const describe_trend = (trend) => {
  const { points } = trend, count = points.median.length;
  if (!count) return 'No runs yet.';
  const first = points.median.find(Number.isFinite), last = [...points.median].reverse().find(Number.isFinite);
  const out = [`${plural(count, 'run')} from ${day(points.time[0])} to ${day(points.time[count - 1])}: the median went from ${quantity(first, trend.unit)} to ${quantity(last, trend.unit)} (${change(last / first - 1)}).`];
  if (trend.changes.length) {
    const told = trend.changes.slice(-5).map((c) => `${change(c.share)} (${mark_of(trend, c)}) at ${short(points.commit[c.at])} on ${day(points.time[c.at])}`);
    out.push(`${plural(trend.changes.length, 'change')} of level${trend.changes.length > 5 ? ', the last five' : ''}: ${told.join('; ')}.`);
  } else {
    out.push('No change of level.');
  }
  if (trend.limit) out.push(`Limit: ${trend.limit.text || quantity(trend.limit.value, trend.unit)}.`);
  return out.join(' ');
};

// One point in words, a line each.
const describe_point = (trend, i) => {
  const { points } = trend, before = points.median[i - 1];
  const lines = [`${quantity(points.median[i], trend.unit)}${Number.isFinite(before) ? `, ${change(points.median[i] / before - 1)} on the run before` : ''}`];
  if (Number.isFinite(points.low[i])) lines.push(`interval ${quantity(points.low[i], trend.unit)} to ${quantity(points.high[i], trend.unit)}, n = ${points.n[i] ?? '?'}`);
  lines.push(`${short(points.commit[i])}${points.subject?.[i] ? ' ' + points.subject[i] : ''}`);
  lines.push([moment(points.time[i]), points.machine?.[i]].filter(Boolean).join(' · '));
  return lines;
};
