// The start of a page: its module, then the page itself; where one of them fails, the sentence stands above the page.
import { Module } from './wasm.js';
import { make } from './form.js';

// `build`(module) makes the page.
export async function start(build) {
  try {
    const page = build(await Module.open(MODULE));
    document.documentElement.dataset.first = Math.round(performance.now());
    return page;
  } catch (error) {
    document.querySelector('main').before(make('p', { className: 'fault', role: 'alert' }, error.message));
    throw error;
  }
}
