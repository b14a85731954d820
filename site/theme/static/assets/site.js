// Extras: all works without.
(() => {
  const { finder, pages } = document.currentScript.dataset;
  const one = (css) => document.querySelector(css);
  const get = (url) => fetch(url).then((got) => got.ok && got.json()).catch(() => 0);
  const make = (tag, what) => Object.assign(document.createElement(tag), what);

  // A campaign's code goes along.
  const [tail, code] = location.search.match(/\bbron=([a-z0-9][a-z0-9-]{0,39})(?![^&])/) || [];
  const carry = () => {
    if (code) document.querySelectorAll('a[href^="/"]').forEach((a) => { a.search ||= tail; });
  };
  carry();

  const fold = (text) => (text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/œ/g, 'oe')
    .toLowerCase().match(/[a-z0-9]+/g) || []).join(' ');
  const find = (all, query) => {
    const term = fold(query.slice(0, 60));
    const [code] = term.match(/^\d{4}\S*/) || [];
    const exact = all.filter(({ key }) => key === term || key === code);
    const found = exact[0] ? exact : all.filter(({ key }) => term && key.startsWith(term));
    return found.filter((a, i) => i === found.findIndex((b) => a.href === b.href)).slice(0, 12);
  };

  let index;
  const load = () => (index ||= get(finder).then(({ own, others }) =>
    [...own.map(([name], n) => [name, n]), ...others].map(([name, n]) => {
      const [town, slug] = own[n];
      const label = /^\d/.test(name) ? `${name} ${town}` : `${name} (${town})`;
      return { key: fold(name), town, label: name === town ? town : label, href: `${pages}${slug}/` };
    })).catch(() => (index = 0, [])));

  const box = one('.finder');
  if (box) {
    const { q } = box;
    if (code) box.append(make('input', { type: 'hidden', name: 'bron', value: code }));
    const [status, list] = box.querySelectorAll('[role=status], ul');
    q.onfocus = load;
    q.oninput = async () => {
      const found = find(await load(), q.value);
      const count = found.length == 1 ? '1 gemeente' : `${found.length || 'Geen'} gemeenten`;
      status.textContent = fold(q.value) && `${count} gevonden`;
      list.replaceChildren(...found.map(({ href, label }) => {
        const item = make('li');
        item.append(make('a', { href, textContent: label }));
        return item;
      }));
      carry();
    };
  }

  one('.error-summary')?.focus();

  const form = one('#form');
  if (form) {
    const { existing, postcode, source, token, submission_id: id } = form.elements;
    const button = one('#form .button');
    const text = button.textContent;
    // New at each showing, but for a retry.
    onpageshow = ({ persisted }) => {
      if (persisted || !id.dataset.again) id.value = crypto.randomUUID?.() || '';
      button.disabled = false;
      button.textContent = text;
    };
    form.onsubmit = () => {
      button.disabled = true;
      button.textContent = 'Even geduld…';
    };
    if (code && source) source.value = code;
    for (const it of existing?.options || []) it.selected ||= location.search == `?project=${it.value}`;

    // When somebody began.
    form.addEventListener('focusin', async () => {
      token.value ||= await get(new URL('token', form.action)) || '';
    }, { once: true });

    if (!postcode) return;
    postcode.onfocus = load;
    postcode.oninput = async () => {
      const here = (await load()).filter(({ key }) => key === postcode.value.replace(/\D/g, ''));
      one('.field__found').textContent = here.map(({ town }) => town).join(' of ');
    };
  }

})();
