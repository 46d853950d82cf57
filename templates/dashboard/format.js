// Numbers, dates and commits as the reports write them.
const k_minus = '\u2212';
const digits = (value, most = 3) => {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-4)) return value.toExponential(2).replace('-', k_minus);
  const whole = size >= 1 ? Math.floor(Math.log10(size)) + 1 : 1;
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.max(0, most + (size < 1 && size > 0 ? Math.ceil(-Math.log10(size)) - 1 : 0) - (size >= 1 ? whole : 0)) }).replace('-', k_minus);
};

const k_scales = {
  time: [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']],
  bytes: [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']],
  count: [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']],
};
const k_units = { s: ['time', 1], ms: ['time', 1e-3], us: ['time', 1e-6], 'µs': ['time', 1e-6], ns: ['time', 1e-9],
  B: ['bytes', 1], bytes: ['bytes', 1], KiB: ['bytes', 2 ** 10], MiB: ['bytes', 2 ** 20], GiB: ['bytes', 2 ** 30] };

// scale_for(most, unit): the factor and unit in which values up to `most` read well, the same for a whole axis.
const scale_for = (most, unit) => {
  const [kind, factor] = k_units[unit] ?? ['count', 1];
  const size = Math.abs(most) * factor, steps = k_scales[kind];
  const [by, name] = steps.find(([step]) => size >= step) ?? steps[steps.length - 1];
  return { factor: factor / by, unit: kind === 'count' ? [name, unit === '1' ? '' : unit ?? ''].filter(Boolean).join(' ') : name };
};
const quantity = (value, unit, most = 4) => {
  if (!Number.isFinite(value)) return '–';
  const scale = scale_for(value, unit);
  return digits(value * scale.factor, most) + (scale.unit ? ' ' + scale.unit : '');
};
// A change as a share: 0.07 is "+7.0 %".
const change = (share) => {
  if (!Number.isFinite(share)) return '–';
  const percent = Math.abs(share * 100), text = percent !== 0 && percent < 0.095 ? percent.toPrecision(1) : percent.toFixed(percent < 100 ? 1 : 0);
  return (share < 0 ? k_minus : '+') + text + ' %';
};
const short = (commit) => String(commit ?? '').slice(0, 7);
const two = (value) => String(value).padStart(2, '0');
// Times are Unix seconds, as the API gives them.
const day = (seconds) => {
  const t = new Date(seconds * 1000);
  return Number.isNaN(+t) ? '–' : `${t.getUTCFullYear()}-${two(t.getUTCMonth() + 1)}-${two(t.getUTCDate())}`;
};
const moment = (seconds) => {
  const t = new Date(seconds * 1000);
  return Number.isNaN(+t) ? '–' : `${day(seconds)} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())} UTC`;
};
const plural = (count, noun) => `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
const sorted = (values) => Float64Array.from(values).sort();
const quantile = (ordered, share) => {
  const at = (ordered.length - 1) * share, low = Math.floor(at);
  return ordered[low] + (at - low) * ((ordered[low + 1] ?? ordered[low]) - ordered[low]);
};
const median = (values) => quantile(sorted(values), 0.5);
