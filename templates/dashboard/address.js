// The state of a view lives in its address, so that a link shows what its sender saw: in the query, or in the fragment of an exported page.
const address = (() => {
  const read = () => new URLSearchParams(exported ? location.hash.slice(1) : location.search);
  const write = (changes) => {
    const query = read();
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    history.replaceState(null, '', exported ? '#' + text : location.pathname + (text ? '?' + text : '') + location.hash);
  };
  return { get: (name) => read().get(name), set: write };
})();

// A name from a list, or its first: what an address says may be anything.
const choice = (value, names) => names.includes(value) ? value : names[0];
