// Search from everywhere: suggestions while one types, and lists that an exported page filters itself.
const make_search = (input) => {
  const box = el('ul', { id: 'suggestions', class: 'suggestions', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  fill(input, { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'suggestions', 'aria-expanded': 'false', autocomplete: 'off', placeholder: 'Search (press /)' }, []);
  input.after(box);
  keys.add('/', 'search', () => { input.focus(); input.select(); });
  if (exported) return;

  let at = -1, timer = 0, asked = 0;
  const options = () => all('[role=option]', box);
  const close = () => {
    box.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (to) => {
    at = to;
    options().forEach((option, n) => option.setAttribute('aria-selected', String(n === at)));
    if (at >= 0) input.setAttribute('aria-activedescendant', `suggestion-${at}`);
    else input.removeAttribute('aria-activedescendant');
  };
  const option = (n, href, text, kind) => el('li', { role: 'option', id: `suggestion-${n}`, 'aria-selected': 'false', 'data-href': href, onmousedown: (event) => { event.preventDefault(); location.assign(href); } },
    el('span', {}, text), ' ', el('span', { class: 'muted' }, kind));
  const suggest = async () => {
    const q = input.value.trim(), turn = ++asked;
    if (q.length < 2) return close();
    const found = await api.get(`search?q=${encodeURIComponent(q)}`).catch(() => null);
    if (!found || turn !== asked || document.activeElement !== input) return;
    const shown = [
      ...found.series.slice(0, 7).map((ref) => [place_of.series(ref.id), ref.path, 'series']),
      ...found.alerts.slice(0, 3).map((alert) => [place_of.alert(alert.id), named(alert), `alert, ${status_words[alert.status] ?? ''}`]),
      ...found.runs.slice(0, 3).map((run) => [place_of.run(run.id), `${short(run.commit)} ${run.subject}`, 'run']),
    ];
    box.replaceChildren(...shown.map(([href, text, kind], n) => option(n, href, text, kind)));
    box.hidden = !shown.length;
    input.setAttribute('aria-expanded', String(!box.hidden));
    mark(-1);
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 120);
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (box.hidden) return;
    const count = options().length;
    if (event.key === 'ArrowDown') mark((at + 1) % count);
    else if (event.key === 'ArrowUp') mark((at - 1 + count) % count);
    else if (event.key === 'Enter' && at >= 0) location.assign(options()[at].dataset.href);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
};

// A query as the server understands it: `key:value` and words, all of which must hold. `facts` gives the values of a key.
const matches = (query, text, facts) => query.toLowerCase().split(/\s+/).filter(Boolean).every((word) => {
  const [, key, value] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  if (key && key in facts) return [facts[key]].flat().some((fact) => String(fact).toLowerCase().includes(value));
  return text.toLowerCase().includes(word);
});

// In an exported page a form of a query filters the rows that are there.
const make_filter = (form, rows, subject) => {
  const input = one('input[name=q]', form), told = el('p', { class: 'muted', role: 'status' });
  form.after(told);
  const apply = () => {
    let shown = 0;
    rows.forEach((row, n) => {
      const { text, facts } = subject(row, n);
      row.hidden = !matches(input.value, text, facts);
      if (!row.hidden) shown++;
    });
    told.textContent = `${shown} of ${rows.length} shown`;
    address.set({ q: input.value });
  };
  const given = address.get('q') ?? new URLSearchParams(location.search).get('q');
  if (given !== null) input.value = given;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  input.addEventListener('input', apply);
  apply();
};
