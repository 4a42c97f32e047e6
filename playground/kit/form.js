// A form: rows of sliders, lists and texts that write into settings and tell of every change.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function button(text, act, attributes = {}) {
  const made = make('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

export function group(title, ...children) {
  return make('fieldset', {}, make('legend', {}, title), make('div', {}, ...children));
}

export class Form {
  // `numbers`: {key, label, low, high, step}; `change`(key) is called after a change.
  constructor(settings, numbers, change) {
    this.settings = settings;
    this.numbers = numbers;
    this.change = change;
    this.rows = {};
    this.fields = {};
  }

  refresh() {} // rows that count with the other settings are seen

  show(settings) {
    this.settings = settings;
    for (const [key, put] of Object.entries(this.fields)) put(settings[key]);
    this.refresh();
  }

  set(key, value) {
    this.settings[key] = value;
    this.change(key);
    this.refresh();
  }

  number(key) {
    const of = this.numbers.find((number) => number.key === key);
    const slider = make('input', { type: 'range', id: `${key}-slider`, min: of.low, max: of.high, step: of.step });
    const box = make('input', { type: 'number', id: key, step: 'any' });
    slider.setAttribute('aria-label', `${of.label}, slider`);
    slider.addEventListener('input', () => {
      box.value = slider.value;
      this.set(key, Number(slider.value));
    });
    box.addEventListener('input', () => {
      if (box.value.trim() === '' || !Number.isFinite(box.valueAsNumber)) return; // not yet a number
      slider.value = box.value;
      this.set(key, box.valueAsNumber);
    });
    box.addEventListener('change', () => (box.value = this.settings[key]));
    this.fields[key] = (value) => {
      slider.value = value;
      if (document.activeElement !== box) box.value = value;
    };
    const row = make('div', { className: 'row' }, make('label', { htmlFor: key }, of.label), slider, box);
    this.rows[key] = row;
    return row;
  }

  // `hints`: what each value means, said below the list.
  choice(key, label, options, hints = null) {
    const select = make('select', { id: key }, ...options.map(([value, name]) => make('option', { value }, name)));
    select.addEventListener('change', () => this.set(key, select.value));
    const hint = make('div', { className: 'hint', id: `${key}-hint` });
    if (hints) select.setAttribute('aria-describedby', hint.id);
    this.fields[key] = (value) => {
      select.value = value;
      hint.textContent = hints?.[value] ?? '';
    };
    select.addEventListener('change', () => this.fields[key](select.value));
    const row = make('div', { className: 'row wide' }, make('label', { htmlFor: key }, label), select, ...(hints ? [hint] : []));
    this.rows[key] = row;
    return row;
  }

  text(key, label, lines = 1) {
    const box = make('textarea', { id: key, rows: lines, spellcheck: false, maxLength: 2000, className: 'mono' });
    box.setAttribute('autocapitalize', 'off');
    box.setAttribute('aria-describedby', 'fault');
    box.addEventListener('input', () => this.set(key, box.value.replaceAll('\n', ' ')));
    this.fields[key] = (value) => {
      if (document.activeElement !== box) box.value = value;
    };
    const row = make('div', { className: 'block' }, make('label', { htmlFor: key }, label), box);
    this.rows[key] = row;
    return row;
  }
}
