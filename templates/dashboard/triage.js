// What people do about alerts: one or many at once, with a reason, and never over somebody else's decision without seeing it.
const can_triage = !exported && document.body.dataset.readOnly !== 'true' && Boolean(document.body.dataset.csrf);
const k_actions = {
  acknowledge: { label: 'Acknowledge', key: 'a', told: 'acknowledge: somebody looks at it', optional: true },
  resolve: { label: 'Resolve', key: 'r', told: 'resolve', resolutions: ['fixed', 'reverted', 'accepted', 'duplicate'] },
  'false-positive': { label: 'False positive', key: 'f', told: 'false positive', resolutions: ['noise', 'machine', 'baseline'] },
  reopen: { label: 'Reopen', key: 'u', told: 'reopen' },
  bump: { label: 'New normal', key: 'b', told: 'the new level is the normal one from here on', single: true },
  nudge: { label: 'Move the change', key: 'n', told: 'the change lies between other commits', single: true, commits: true },
};

const named = (alert) => `${alert.id} · ${alert.series.path} ${change(alert.change)}`;
const field = (label, control) => el('p', { class: 'field' }, el('label', {}, el('span', {}, label), control));
const select = (name, options) => el('select', { name }, ...options.map((value) => el('option', { value }, value)));

// ask_for(action, alerts, done): the dialog; done(alerts as the server has them now) once they are changed.
const ask_for = (name, alerts, done) => {
  const action = k_actions[name], problem = el('p', { class: 'problem', role: 'alert' });
  const reason = el('textarea', { name: 'reason', rows: 3, maxlength: 2000, required: !action.optional });
  const send = el('button', { type: 'submit', class: 'main' }, action.label);
  const body = el('div', {},
    el('ul', { class: 'subjects' }, ...alerts.slice(0, 8).map((alert) => el('li', {}, named(alert))), alerts.length > 8 && el('li', {}, `and ${alerts.length - 8} more`)),
    action.resolutions && field('As', select('resolution', action.resolutions)),
    action.commits && field('Last commit before', el('input', { name: 'last_before', required: true, value: alerts[0].last_before, spellcheck: 'false' })),
    action.commits && field('First changed commit', el('input', { name: 'first_changed', required: true, value: alerts[0].first_changed, spellcheck: 'false' })),
    field(action.optional ? 'Reason (may be empty)' : 'Reason', reason), problem);
  const { form, close } = open_dialog(alerts.length > 1 ? `${action.label}: ${alerts.length} alerts` : action.label, body, [send]);
  (one('select', form) ?? reason).focus();

  const post = () => {
    const given = Object.fromEntries(new FormData(form));
    if (alerts.length === 1) return api.post(`alerts/${alerts[0].id}/events`, { action: name, version: alerts[0].version, ...given }).then((answer) => [answer.alert]);
    return api.post('alerts/events', { action: name, ...given, alerts: alerts.map(({ id, version }) => ({ id, version })) }).then((answer) => answer.alerts);
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    try {
      const now = await post();
      close();
      announce(`${action.label}: done for ${now.length === 1 ? 'alert ' + now[0].id : plural(now.length, 'alert')}.`);
      done(now);
    } catch (error) {
      const others = error.status === 409 ? error.answer.alerts ?? [error.answer.alert] : [];
      problem.replaceChildren(error.message, ...others.filter(Boolean).map((alert) => {
        Object.assign(alerts.find(({ id }) => id === alert.id) ?? {}, alert);
        return el('span', { class: 'conflict' }, `Alert ${alert.id} is now ${status_words[alert.status] ?? alert.status}${alert.by ? ' by ' + alert.by : ''}${alert.reason ? ': ' + alert.reason : ''}.`);
      }));
      if (others.length) send.textContent = `${action.label} all the same`;
    }
    send.disabled = false;
    if (form.isConnected) send.focus();
  });
};

const status_words = { OPEN: 'open', ACKNOWLEDGED: 'acknowledged', RESOLVED: 'resolved', FALSE_POSITIVE: 'a false positive' };
const status_icons = { OPEN: '●', ACKNOWLEDGED: '◐', RESOLVED: '✓', FALSE_POSITIVE: '∅' };
const show_status = (cell, alert) => {
  cell.dataset.status = alert.status;
  cell.textContent = `${status_icons[alert.status] ?? ''} ${status_words[alert.status]?.replace(/^a /, '') ?? alert.status}${alert.resolution ? ` (${alert.resolution})` : ''}`;
};

// Rows of alerts, with boxes to select them and the actions for all that are selected, or for the row one stands on.
const make_triage = (table, alerts) => {
  const by_id_of = new Map(alerts.map((alert) => [String(alert.id), alert])), rows = table ? all('tr[data-id]', table) : [], list = make_rows(rows);
  if (!can_triage || !rows.length) return list;
  const box = (label, attributes) => el('input', { type: 'checkbox', 'aria-label': label, ...attributes });
  const every = box('Select all alerts shown', { onchange: () => { list.visible().forEach((row) => { box_of(row).checked = every.checked; }); show(); } });
  const box_of = (row) => one('input[type=checkbox]', row);
  one('thead tr', table).prepend(el('th', { scope: 'col', class: 'pick' }, every));
  rows.forEach((row) => row.prepend(el('td', { class: 'pick' }, box(`Select alert ${row.dataset.id}`, { onchange: () => show() }))));

  const selected = () => list.visible().filter((row) => box_of(row).checked);
  const count = el('span', { class: 'count', 'aria-live': 'polite' });
  const bar = el('div', { class: 'bulk', role: 'group', 'aria-label': 'Actions for the selected alerts' }, count,
    ...Object.entries(k_actions).filter(([, action]) => !action.single).map(([name, action]) => button(action.label, { title: `key ${action.key}`, onclick: () => act(name) })));
  const show = () => {
    const now = selected().length;
    count.textContent = now ? `${plural(now, 'alert')} selected` : 'Select alerts, or press j';
    all('button', bar).forEach((b) => { b.disabled = !now; });
    rows.forEach((row) => row.classList.toggle('picked', box_of(row).checked));
    every.checked = now > 0 && now === list.visible().length;
  };
  const act = (name) => {
    const chosen = selected().length ? selected() : [list.current()].filter(Boolean);
    if (!chosen.length) return announce('Select an alert first: j moves, x selects.');
    ask_for(name, chosen.map((row) => by_id_of.get(row.dataset.id)).filter(Boolean), (now) => {
      for (const alert of now) {
        const row = rows.find((other) => other.dataset.id === String(alert.id)), cell = row && one('.status', row);
        Object.assign(by_id_of.get(String(alert.id)) ?? {}, alert);
        if (cell) show_status(cell, alert);
        if (row) box_of(row).checked = false;
      }
      show();
    });
  };
  (table.closest('.wide') ?? table).before(bar);
  keys.add('x', 'select the row', () => {
    const row = list.current();
    if (!row) return;
    box_of(row).checked = !box_of(row).checked;
    show();
  });
  for (const [name, { key, told, single }] of Object.entries(k_actions)) if (!single) keys.add(key, told, () => act(name));
  show();
  return list;
};

// The page of one alert: a button and a key for each action that it takes now.
const make_alert_actions = (into, alert, actions) => {
  if (!can_triage || !into) return;
  const act = (name) => ask_for(name, [alert], () => location.reload());
  const offered = actions.filter(({ action }) => k_actions[action]);
  into.replaceChildren(...offered.map(({ action }) => button(k_actions[action].label, { 'aria-keyshortcuts': k_actions[action].key, onclick: () => act(action) }, ' ', el('kbd', { 'aria-hidden': 'true' }, k_actions[action].key))));
  for (const { action } of offered) keys.add(k_actions[action].key, k_actions[action].told, () => act(action));
};
