// Small pictures: a line for a row of a table, and the single values of a run as strips and histograms.
const k_spark = { width: 132, height: 32, pad: 3 };  // of a table's row

// make_spark(values, options): a line through `values`; `level` is drawn across, `told` says what it shows, `room` may give it another size.
const make_spark = (values, { told, kind = '', level = NaN, room = k_spark }) => {
  const known = values.filter(Number.isFinite), { width, height, pad } = { ...k_spark, ...room };
  const picture = svg('svg', { class: `spark ${kind}`, viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': told });
  if (known.length < 2) return picture;
  const seen = Number.isFinite(level) ? [...known, level] : known;
  let least = Math.min(...seen), most = Math.max(...seen);
  // A line that hardly moves shall look so: at least 1 % from top to bottom.
  const span = Math.max(most - least, Math.abs(most) * 0.01) || 1, middle = (most + least) / 2;
  [least, most] = [middle - span / 2, middle + span / 2];
  const x = (k) => pad + k / (values.length - 1) * (width - 2 * pad), y = (value) => height - pad - (value - least) / (most - least) * (height - 2 * pad);
  if (Number.isFinite(level)) picture.append(svg('line', { class: 'level', x1: pad, x2: width - pad, y1: y(level), y2: y(level) }));
  let path = '', pen = 'M';
  values.forEach((value, k) => {
    if (Number.isFinite(value)) path += `${pen}${x(k).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = Number.isFinite(value) ? 'L' : 'M';
  });
  const last = values.findLastIndex(Number.isFinite);
  picture.append(svg('path', { d: path }), svg('circle', { cx: x(last), cy: y(values[last]), r: 2.5 }));
  return picture;
};

// Groups of values, [{ name, kind, values, rows: a list of lists }], on one axis: below each other as strips, and as histograms over each other.
const make_samples = (groups, unit, room) => {
  const width = Math.max(300, Math.min(900, room)), left = 78, right = 14, every = groups.flatMap((group) => group.values).filter(Number.isFinite);
  if (!every.length) return el('p', { class: 'muted' }, 'No raw values are kept.');
  const ordered = sorted(every), span = ordered[ordered.length - 1] - ordered[0] || Math.abs(ordered[0]) * 0.01 || 1;
  const least = ordered[0] - span * 0.03, most = ordered[ordered.length - 1] + span * 0.03;
  const x = (value) => left + (value - least) / (most - least) * (width - left - right);
  const scale = scale_for(Math.max(Math.abs(least), Math.abs(most)), unit);

  const told = groups.filter((group) => group.values.length).map((group) => {
    const own = sorted(group.values);
    return `${group.name}: ${plural(own.length, 'value')}, median ${quantity(quantile(own, 0.5), unit)}, from ${quantity(own[0], unit)} to ${quantity(own[own.length - 1], unit)}, quartiles ${quantity(quantile(own, 0.25), unit)} to ${quantity(quantile(own, 0.75), unit)}`;
  }).join('. ') + '.';
  const strips = [];
  let top = 4;
  for (const group of groups) {
    const lines = group.rows?.length > 1 && group.rows.length <= 12 ? group.rows : [group.values];
    lines.forEach((values, n) => {
      const tall = lines.length > 1 ? 18 : 34, name = lines.length > 1 ? (n ? '' : group.name) + ` ${n + 1}` : group.name;
      strips.push(...make_strip({ values, name, kind: group.kind, top, tall, x, left }));
      top += tall + 2;
    });
    top += 6;
  }
  const bars = make_bars(groups, { least, most, x, top: top + 6, tall: 110 });
  const foot = top + 6 + 110;
  const axis = svg('g', { class: 'axis' }, svg('line', { x1: left, x2: width - right, y1: foot, y2: foot }));
  for (const tick of ticks(least * scale.factor, most * scale.factor, width / 110)) {
    const at = x(tick / scale.factor);
    axis.append(svg('line', { x1: at, x2: at, y1: foot, y2: foot + 4 }), svg('text', { x: at, y: foot + 17, 'text-anchor': 'middle' }, digits(tick, 5)));
  }
  axis.append(svg('text', { x: left - 8, y: foot + 17, 'text-anchor': 'end' }, scale.unit));
  const picture = svg('svg', { class: 'samples', viewBox: `0 0 ${width} ${foot + 24}`, width, height: foot + 24, role: 'img', 'aria-label': told }, ...strips, ...bars, axis);
  return el('div', { class: 'samples-box' }, picture, el('p', { class: 'muted small' }, told));
};

const ticks = (least, most, wanted) => {
  const rough = (most - least) / wanted, ten = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].map((n) => n * ten).find((size) => size >= rough) ?? rough;
  const out = [];
  for (let n = Math.ceil(least / step); n * step <= most; n++) out.push(+(n * step).toPrecision(12));
  return out;
};

// One strip: a dot for each value, spread over its height by a fixed rule; the quartiles as a bar, the median as a line.
const make_strip = ({ values, name, kind, top, tall, x, left }) => {
  const out = [svg('text', { class: 'name', x: left - 8, y: top + tall / 2 + 4, 'text-anchor': 'end' }, name.slice(0, 14))];
  const own = sorted(values.filter(Number.isFinite));
  if (!own.length) return out;
  const g = svg('g', { class: `strip ${kind}` });
  const step = Math.max(1, Math.ceil(own.length / 2000));
  values.forEach((value, n) => {
    if (n % step || !Number.isFinite(value)) return;
    const spread = ((n * 0.61803) % 1 - 0.5) * (tall - 6);
    g.append(svg('circle', { cx: x(value).toFixed(1), cy: (top + tall / 2 + spread).toFixed(1), r: 2.2 }));
  });
  g.append(svg('rect', { class: 'quartiles', x: x(quantile(own, 0.25)), width: Math.max(1, x(quantile(own, 0.75)) - x(quantile(own, 0.25))), y: top + tall / 2 - 3, height: 6 }));
  g.append(svg('line', { class: 'median', x1: x(quantile(own, 0.5)), x2: x(quantile(own, 0.5)), y1: top, y2: top + tall }));
  return [...out, g];
};

// Histograms of shares over each other. Bins are those that Freedman and Diaconis give the group that lies closest together.
const make_bars = (groups, { least, most, x, top, tall }) => {
  const sizes = groups.filter((group) => group.values.length).map((group) => sorted(group.values)).map((own) => 2 * (quantile(own, 0.75) - quantile(own, 0.25)) / Math.cbrt(own.length));
  const size = Math.min(...sizes.filter((one_size) => one_size > 0)), count = Math.max(4, Math.min(60, Math.ceil((most - least) / size)));
  const shares = groups.map((group) => {
    const bins = new Array(count).fill(0);
    for (const value of group.values) bins[Math.min(count - 1, Math.floor((value - least) / (most - least) * count))] += 1 / group.values.length;
    return bins;
  });
  const highest = Math.max(...shares.flat()) || 1, at = (n) => x(least + (most - least) * n / count);
  return groups.map((group, g) => {
    let path = `M${at(0)} ${top + tall}`;
    shares[g].forEach((share, n) => { path += `V${(top + tall - share / highest * (tall - 4)).toFixed(1)}H${at(n + 1).toFixed(1)}`; });
    return svg('path', { class: `bars ${group.kind}`, d: path + `V${top + tall}Z` });
  });
};

// An interval of a change on an axis around nothing, [-reach, reach]; beyond it the ends are cut.
const make_interval = ({ low, high, middle, reach, kind, told }) => {
  const width = 132, height = 20, x = (share) => width / 2 + Math.max(-1, Math.min(1, share / reach)) * (width / 2 - 4);
  const picture = svg('svg', { class: `interval ${kind}`, viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': told },
    svg('line', { class: 'zero', x1: width / 2, x2: width / 2, y1: 0, y2: height }));
  if (Number.isFinite(low) && Number.isFinite(high)) picture.append(svg('line', { class: 'range', x1: x(low), x2: x(high), y1: height / 2, y2: height / 2 }));
  if (Number.isFinite(middle)) picture.append(svg('circle', { cx: x(middle), cy: height / 2, r: 4 }));
  return picture;
};
