// What each page needs beside its tables.
const charts_work = typeof uPlot === 'function';
const series_chart = (figure, trend, options) => {
  if (!figure || !charts_work || !trend?.points?.value?.length) return;
  const label = trend.machines?.find(({ fingerprint }) => fingerprint === trend.machine)?.label;
  make_chart(figure, trend, { title: trend.series?.path ?? '', machine_label: label ?? '', ...options });
};

const alert_facts = (alert) => ({
  is: [alert.status.toLowerCase().replace('_', '-'), alert.direction, alert.resolution], suite: alert.series.suite, metric: alert.series.metric,
  benchmark: alert.series.benchmark, owner: alert.owners, machine: alert.machine, branch: alert.branch, confidence: alert.confidence, by: alert.by, commit: alert.first_changed,
});
const series_facts = (ref) => ({ suite: ref.suite, metric: ref.metric, benchmark: ref.benchmark });

// Rows of series, each with what the answer says of it: put(row, item) adds a picture.
const each_series = (items, put = () => {}) => {
  const of = new Map(items.map((item) => [String(item.series.id), item])), rows = all('tr[data-series]');
  rows.forEach((row) => of.has(row.dataset.series) && put(row, of.get(row.dataset.series)));
  return { list: make_rows(rows), of };
};
// Small moves are noise: they get no colour.
const kind_of_move = (worse) => Math.abs(worse) < 0.02 ? '' : worse > 0 ? 'worse' : 'better';
const picture_into = (cell, picture) => cell?.replaceChildren(picture);

const starts = {
  status() {
    for (const tile of all('[data-suite]')) {
      const suite = data.suites.find((one_suite) => one_suite.suite === tile.dataset.suite);
      const figure = one('figure', tile);
      if (suite) figure.prepend(make_spark(suite.index, { level: 1, kind: kind_of_move(suite.change), room: { width: figure.clientWidth, height: 48 }, told: `${suite.suite}: ${change(suite.change)} over ${plural(suite.index.length, 'run')}` }));
    }
    make_triage(one('table.alerts'), data.alerts ?? []);
  },
  alerts() {
    const alerts = data.items ?? [], list = make_triage(one('table.alerts'), alerts), of = new Map(alerts.map((alert) => [String(alert.id), alert]));
    filter_rows(list.rows, (row) => ({ text: row.textContent, facts: alert_facts(of.get(row.dataset.id)) }));
  },
  alert() {
    series_chart(one('[data-chart=series]'), data.chart);
    const figure = one('[data-chart=distributions]'), sides = data.distributions;
    if (figure && sides) {
      const after = data.alert.direction === 'improvement' ? 'better' : 'worse';
      figure.prepend(make_samples([{ name: 'before', kind: 'base', values: sides.before.values }, { name: 'after', kind: after, values: sides.after.values }], sides.unit, figure.clientWidth));
    }
    make_alert_actions(by_id('triage'), data.alert, data.actions ?? []);
    by_id('bisect')?.after(' ', copy_button(() => data.bisect, 'Copy'));
  },
  series() { series_chart(one('[data-chart=series]'), data); },
  series_list() {
    const { list, of } = each_series(data.items ?? [], (row, item) => picture_into(one('td.spark', row), make_spark(item.spark, { kind: kind_of_move(item.better === 'higher' ? -item.change : item.change), told: `${change(item.change)} over ${plural(item.spark.length, 'run')}` })));
    filter_rows(list.rows, (row) => ({ text: row.textContent, facts: series_facts(of.get(row.dataset.series).series) }));
  },
  compare() {
    const rows = data.rows ?? [], sizes = rows.flatMap((row) => [row.low, row.high, row.change]).filter(Number.isFinite).map(Math.abs), reach = Math.min(0.5, Math.max(0.02, ...sizes));
    each_series(rows, (row, item) => Number.isFinite(item.low) && one('td.interval', row)?.append(make_interval({ low: item.low, high: item.high, middle: item.change, reach, kind: item.state, told: `from ${change(item.low)} to ${change(item.high)}` })));
    const markdown = one('a[href*="compare.md"]');
    markdown?.after(' ', copy_button(() => fetch(markdown.href).then((answer) => answer.text()), 'Copy as Markdown'));
  },
  run() {
    const figure = one('[data-chart=samples]'), invocations = data.samples?.invocations;
    if (figure && invocations) figure.prepend(make_samples([{ name: 'process', kind: 'base', values: invocations.flat(), rows: invocations }], data.samples.unit, figure.clientWidth));
    each_series(data.series ?? []);
  },
  runs() { make_rows(all('tr[data-run]')); },
  budgets() {
    each_series(data.rows ?? [], (row, item) => {
      const limits = (item.limits ?? []).map((limit) => limit.change).filter(Number.isFinite);
      picture_into(one('td.spark', row), make_spark(item.worse ?? [], { level: limits.length ? Math.min(...limits.map(Math.abs)) : NaN, kind: item.headroom < 0 ? 'worse' : '', told: 'changes of the last runs, with the limit as a line' }));
    });
  },
  machines() {
    for (const figure of all('[data-chart=drift]')) {
      const machine = data.machines.find(({ fingerprint }) => fingerprint === figure.dataset.machine);
      if (machine) series_chart(figure, drift_as_trend(machine), { addressed: false, title: `drift of ${machine.label}` });
    }
  },
  search() { if (exported) show_search(); },
};

// An exported page of the search lists what matches of all that it holds.
const show_search = () => {
  const q = new URLSearchParams(location.search).get('q') ?? '', main = by_id('main'), found = (data.series ?? []).filter((ref) => q && matches(q, ref.path, series_facts(ref)));
  by_id('q').value = q;
  main.replaceChildren(el('h1', {}, `Search${q ? ': ' + q : ''}`), el('p', { role: 'status' }, q ? `${plural(found.length, 'series').replace(/ss$/, 's')} found` : 'Type a part of a series.'),
    el('ul', { class: 'results' }, ...found.slice(0, 500).map((ref) => el('li', {}, link(place_of.series(ref.id), {}, ref.path)))));
};

// The drift of a machine drawn as a series: what all series did on it, against their levels.
const drift_as_trend = ({ fingerprint, drift }) => ({
  unit: '1', better: 'lower', machine: fingerprint, total: drift.index.length, decimated: false,
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

// What scrolls sideways can be reached by keyboard. A closed table is looked at when it opens: to measure it would lay it out.
const reachable = (within) => all('.wide', within).forEach((box) => {
  if (box.closest('details:not([open])') || box.scrollWidth <= box.clientWidth) return;
  const name = one('caption', box)?.textContent || box.closest('section')?.querySelector('h2')?.textContent || one('h1')?.textContent || 'table';
  fill(box, { tabindex: 0, role: 'group', 'aria-label': name }, []);
});

// Long names break behind their slashes.
const breakable = () => all('.name bdi').forEach((name) => {
  if (!name.firstElementChild && name.textContent.includes('/')) name.replaceChildren(...name.textContent.split(/(?<=\/)/).flatMap((part) => [part, el('wbr')]));
});

one('header.top')?.append(el('div', { class: 'controls' }, theme.toggle, button('?', { 'aria-label': 'Keys', onclick: keys.help })));
if (by_id('q')) make_search(by_id('q'));
(starts[page] ?? (() => {}))();
breakable();
reachable(document);
all('details').forEach((details) => details.addEventListener('toggle', () => reachable(details)));
document.documentElement.dataset.ready = page || 'yes';  // tests wait for it
