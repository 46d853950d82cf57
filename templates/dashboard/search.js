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

// A query as the server understands it: `key:value` and words, all of which must hold; a minus excludes. `facts` gives the values of a key.
const matches = (query, text, facts) => query.toLowerCase().split(/\s+/).filter(Boolean).every((term) => {
  const wanted = !term.startsWith('-'), word = wanted ? term : term.slice(1), [, key, value] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  const holds = key && Object.hasOwn(facts, key) ? [facts[key]].flat().some((fact) => String(fact ?? '').toLowerCase().includes(value.replaceAll('"', ''))) : text.toLowerCase().includes(word);
  return holds === wanted;
});

// In an exported page a form of a query filters the rows that are there.
const filter_rows = (rows, subject) => {
  const form = one('form.filter'), input = form && one('input', form);
  if (!exported || !input) return;
  const told = el('p', { class: 'muted', role: 'status' });
  form.after(told);
  const apply = () => {
    for (const row of rows) {
      const { text, facts } = subject(row);
      row.hidden = !matches(input.value, text, facts);
    }
    told.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
    address.set({ q: input.value });
  };
  input.value = address.get('q') ?? input.value;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    apply();
  });
  input.addEventListener('input', apply);
  apply();
};
