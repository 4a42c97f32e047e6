// Calls into the module of this page; one that fails throws the library's sentence.
export class Calls {
  constructor(module) {
    this.module = module;
    this.call = module.call;
  }

  check(status) {
    if (status < 0) throw new Error(this.module.text(this.call.learn_error()));
    return status;
  }
}
