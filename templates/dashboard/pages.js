// What each page needs beside its tables.
const charts_work = typeof uPlot === 'function';
const spark_of = (cell, values, options) => cell && cell.prepend(make_spark(values, options));

const series_chart = (figure, trend, options) => {
  if (!charts_work || !trend?.points?.value?.length) return null;
  const label = trend.machines?.find(({ fingerprint }) => fingerprint === trend.machine)?.label;
  return make_chart(figure, trend, { title: trend.series?.path ?? '', machine_label: label ?? '', ...options });
};

const alert_facts = (alert) => ({
  is: [alert.status.toLowerCase(), alert.status === 'FALSE_POSITIVE' ? 'false-positive' : '', alert.direction], suite: alert.series.suite, metric: alert.series.metric,
  benchmark: alert.series.benchmark, owner: alert.owners, machine: alert.machine, branch: alert.branch,
});
const series_facts = (ref) => ({ suite: ref.suite, metric: ref.metric, benchmark: ref.benchmark });

const starts = {
  status() {
    data.suites?.forEach((suite, n) => spark_of(one(`[data-spark="${n}"]`), suite.index, { level: 1, kind: suite.change > 0 ? 'worse' : 'better', told: `${suite.suite}: ${change(suite.change)} over ${plural(suite.index.length, 'run')}` }));
    const table = one('table.alerts');
    if (table) make_triage(table, data.alerts ?? []);
  },
  alerts() {
    const table = one('table.alerts'), alerts = data.items ?? [];
    if (!table) return;
    const list = make_triage(table, alerts), of = new Map(alerts.map((alert) => [String(alert.id), alert])), form = one('form.query');
    if (exported && form) make_filter(form, list.rows, (row) => ({ text: row.textContent, facts: alert_facts(of.get(row.dataset.alert)) }));
  },
  alert() {
    const figure = one('[data-chart=series]'), spread = one('[data-chart=distributions]'), sides = data.distributions, into = one('.actions');
    if (figure) series_chart(figure, data.chart);
    if (spread && sides?.before && sides?.after) {
      spread.prepend(make_samples([{ name: 'before', kind: 'base', values: sides.before.values }, { name: 'after', kind: 'head', values: sides.after.values }], sides.unit, spread.clientWidth));
    }
    if (into) make_alert_actions(into, data.alert, data.actions ?? []);
    const commands = all('pre.command');
    commands.forEach((command) => command.after(copy_button(() => command.textContent.trim(), 'Copy the command')));
  },
  series() {
    const figure = one('[data-chart=series]');
    if (figure) return series_chart(figure, data);
    return starts.series_list();
  },
  series_list() {
    data.items?.forEach((item, n) => spark_of(one(`[data-spark="${n}"]`), item.spark, { told: `${item.series.path}: ${change(item.change)} over ${plural(item.spark.length, 'run')}`, kind: is_worse(item, item.change) ? 'worse' : 'better' }));
    const rows = all('tr[data-series]'), form = one('form.query');
    make_rows(rows);
    if (exported && form) make_filter(form, rows, (row, n) => ({ text: row.textContent, facts: series_facts(data.items[n].series) }));
  },
  compare() {
    const rows = data.rows ?? [], reach = Math.max(0.02, ...rows.flatMap((row) => [Math.abs(row.low ?? 0), Math.abs(row.high ?? 0), Math.abs(row.change ?? 0)]).filter(Number.isFinite));
    rows.forEach((row, n) => one(`[data-interval="${n}"]`)?.prepend(make_interval({ low: row.low, high: row.high, middle: row.change, reach: Math.min(reach, 0.5), kind: row.state, told: `${change(row.change)}, 99 % interval ${change(row.low)} to ${change(row.high)}` })));
    make_rows(all('tr[data-series]'));
    const markdown = one('a[href*="compare.md"]');
    markdown?.after(copy_button(() => fetch(markdown.href).then((answer) => answer.text()), 'Copy as Markdown'));
  },
  run() {
    const figure = one('[data-chart=samples]'), { samples } = data;
    if (figure && samples?.invocations) figure.prepend(make_samples([{ name: 'process', kind: 'base', values: samples.invocations.flat(), rows: samples.invocations }], samples.unit, figure.clientWidth));
    make_rows(all('tr[data-series]'));
  },
  runs() { make_rows(all('tr[data-run]')); },
  budgets() {
    data.rows?.forEach((row, n) => {
      const level = Math.min(...(row.limits ?? []).map((limit) => limit.change).filter(Number.isFinite));
      spark_of(one(`[data-spark="${n}"]`), row.worse ?? [], { level, kind: row.headroom < 0 ? 'worse' : '', told: `${row.series.path}: the last runs against the limit` });
    });
    make_rows(all('tr[data-series]'));
  },
  machines() {
    data.machines?.forEach((machine, n) => {
      const figure = one(`[data-chart=drift][data-machine="${n}"]`), { drift } = machine;
      if (figure) series_chart(figure, drift_as_trend(machine, drift), { addressed: false, title: `drift of ${machine.label}` });
    });
  },
  search() {
    if (!exported) return;
    const form = one('form.query') ?? one('form.search'), rows = all('[data-series]');
    if (form && rows.length) make_filter(form, rows, (row, n) => ({ text: row.textContent, facts: series_facts(data.series[n]) }));
  },
};

// The drift of a machine drawn as a series: what all series did on it, against their levels.
const drift_as_trend = (machine, drift) => ({
  unit: '1', better: 'lower', machine: machine.fingerprint, total: drift.index.length, decimated: false,
  points: { i: drift.index.map((_, k) => k), t: drift.t, value: drift.index, commit: drift.commit, run: drift.index.map((_, k) => k) }, values: null, segments: [],
  changes: drift.changes.map((c) => ({ i: c.index, t: c.t, commit: c.commit, change: c.change })), budget: null, deploys: [],
});

const copy_button = (text, label) => {
  const copy = button(label, { class: 'small', onclick: async () => {
    try {
      await navigator.clipboard.writeText(await text());
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'The browser does not allow it';
    }
    setTimeout(() => { copy.textContent = label; }, 2000);
  } });
  return copy;
};

one('header.top')?.append(el('div', { class: 'controls' }, theme.toggle, button('?', { 'aria-label': 'Keys', onclick: keys.help })));
if (by_id('q')) make_search(by_id('q'));
(starts[page] ?? (() => {}))();
document.documentElement.dataset.ready = page || 'yes';  // tests wait for it
