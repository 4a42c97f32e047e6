// The neuron of the page as programs: YAML for fsnn simulate, C, Python. All of them compute what the page computes.
import { CURRENTS, INTEGER, drawnOf, kindOf, stepsOf } from './settings.js';

// [["a", 0.2], ...] of "a=0.2, b=1"
function paramsOf(settings) {
  const kind = kindOf(settings);
  if (kind.key !== 'user' && !kind.params) return [];
  return settings.params.split(',').map((part) => part.split('=')).filter((part) => part.length === 2)
    .map(([name, value]) => [name.trim(), Number(value)]);
}

function hasState(settings) {
  return settings.kind === 'user' && settings.dw.trim() !== '';
}

// Numbers that count with the other settings.
function numbersOf(settings) {
  const found = { tau: settings.tau, threshold: settings.threshold };
  if (settings.reset === 'value') found.v_reset = settings.v_reset;
  if (settings.refractory !== 0) found.refractory = settings.refractory;
  return found;
}

function equationsOf(settings) {
  const found = {};
  if (settings.kind === 'user') found.dv = settings.dv;
  if (hasState(settings)) found.dw = settings.dw;
  return found;
}

const seedOf = (settings) => (settings.current === 'noise' ? Math.max(0, Math.trunc(settings.seed)) : 0);
const pOf = (settings) => CURRENTS[settings.current].numbers.filter((key) => key !== 'seed').map((key) => settings[key]);

// ---- YAML

function commandCurrent(settings) {
  const p = pOf(settings);
  return {
    constant: () => `constant:${p[0]}`,
    step: () => `step:${p[0]}@${p[1]}-${p[2]}`,
    ramp: () => `ramp:${p[0]}:${p[1]}`,
    noise: () => `noise:${p[0]}:${p[1]}`,
    drawn: () => 'file:current.csv',
  }[settings.current]();
}

export function commandOf(settings) {
  return `fsnn simulate --model neuron.yaml --precision single --time ${settings.time} ` +
    `--current ${commandCurrent(settings)} --seed ${seedOf(settings)}`;
}

function yamlFlow(entries) {
  return `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

export function asYaml(settings) {
  const neuron = [['name', 'neuron'], ...Object.entries(numbersOf(settings)), ['reset', settings.reset],
    ...Object.entries(equationsOf(settings)).map(([key, text]) => [key, JSON.stringify(text)])];
  const params = paramsOf(settings);
  if (params.length) neuron.push(['params', yamlFlow(params)]);
  const dynamics = INTEGER.has(settings.method)
    ? [['integrator', 'odeint'], ['method', settings.method], ['step', settings.step]]
    : [['method', settings.method], ['alpha', settings.alpha], ['step', settings.step]];
  return `# ${commandOf(settings)}
input: [1]
layers:
  - ${settings.kind}: ${yamlFlow(neuron)}
dynamics: ${yamlFlow(dynamics)}
`;
}

export function asCsv(settings) {
  const { times, values } = drawnOf(settings);
  return `t,current\n${times.map((t, i) => `${t},${values[i]}\n`).join('')}`;
}

// ---- Python

function pythonCurrent(settings) {
  const p = pOf(settings).join(', ');
  const { times, values } = drawnOf(settings);
  return {
    constant: `fsnn.Current.constant(${p})`,
    step: `fsnn.Current.step(${p})`,
    ramp: `fsnn.Current.ramp(${p})`,
    noise: `fsnn.Current.noise(${p})`,
    drawn: `fsnn.Current.samples(\n        [${values.join(', ')}],\n        [${times.join(', ')}],\n    )`,
  }[settings.current];
}

export function asPython(settings) {
  const integer = INTEGER.has(settings.method);
  const dynamics = { ...(integer ? { integrator: 'odeint' } : {}), method: settings.method, step: settings.step, precision: 'single' };
  const params = paramsOf(settings);
  const options = [...Object.entries(numbersOf(settings)), ['reset', JSON.stringify(settings.reset)],
    ...Object.entries(equationsOf(settings)).map(([key, text]) => [key, JSON.stringify(text)])];
  if (params.length) options.push(['params', `{${params.map(([name, value]) => `"${name}": ${value}`).join(', ')}}`]);
  return `import fsnn

run = fsnn.simulate(
    ${pythonCurrent(settings)},
    "${settings.kind}",
    steps=${stepsOf(settings)},${integer ? '' : `\n    alpha=${settings.alpha},`}
    dynamics=${JSON.stringify(dynamics).replaceAll(':', ': ').replaceAll(',', ', ')},
    seed=${seedOf(settings)},
${options.map(([key, value]) => `    ${key}=${value},\n`).join('')})
times = run.t[run.spikes > 0]
print(len(times), "spikes at", *(f"{t:.6g}" for t in times))
`;
}

// ---- C

const CURRENT_NAMES = { constant: 'CONSTANT', step: 'STEP', ramp: 'RAMP', noise: 'NOISE' };

function cCurrent(settings) {
  if (settings.current !== 'drawn')
    return `    what.current = (fsnn_current){.kind = FSNN_CURRENT_${CURRENT_NAMES[settings.current]}, .p = {${pOf(settings).join(', ')}}};\n`;
  const { times, values } = drawnOf(settings);
  return `    static const double time[] = {${times.join(', ')}};
    static const double sample[] = {${values.join(', ')}};
    what.current = (fsnn_current){.kind = FSNN_CURRENT_SAMPLES, .sample = sample, .time = time,
                                  .count = ${times.length}, .neurons = 1};
`;
}

const C_NUMBERS = { tau: 'tau.value', threshold: 'threshold.value', v_reset: 'v_reset.value', refractory: 'refractory' };

// The options; their struct is fsnn_neuron, or fsnn_user of kinds with equations or parameters.
function cNeuron(settings) {
  const plain = settings.kind === 'lif' || settings.kind === 'if';
  const neuron = plain ? 'neuron' : 'neuron.neuron';
  const lines = [plain ? '    fsnn_neuron neuron;' : '    fsnn_user neuron;', `    fsnn_kind_defaults("${settings.kind}", &neuron);`];
  for (const [key, value] of Object.entries(numbersOf(settings))) lines.push(`    ${neuron}.${C_NUMBERS[key]} = ${value};`);
  lines.push(`    ${neuron}.reset = FSNN_RESET_${settings.reset.toUpperCase()};`);
  if (settings.kind === 'user') lines.push(`    neuron.dv = ${JSON.stringify(settings.dv)};`);
  if (hasState(settings))
    lines.push('    neuron.states = 1;', `    neuron.state[0] = (fsnn_user_state){"w", ${JSON.stringify(settings.dw)}, NULL, 0};`);
  paramsOf(settings).forEach(([name, value], i) => lines.push(`    neuron.param[${i}] = (fsnn_user_param){"${name}", {.value = ${value}}};`));
  const count = paramsOf(settings).length;
  if (count) lines.push(`    neuron.params = ${count};`);
  return lines.join('\n');
}

export function asC(settings) {
  const integer = INTEGER.has(settings.method);
  return `/* cc neuron.c $(pkg-config --cflags --libs fsnn) -o neuron && ./neuron >neuron.csv */
#include <fsnn/fsnn.h>

#include <stdio.h>

int main(void)
{
${cNeuron(settings)}

    const double alpha = ${integer ? 1 : settings.alpha};
    fsnn_simulation what = fsnn_simulation_default();
    what.kind = "${settings.kind}";
    what.options = &neuron;
    what.alpha = &alpha;
    what.alphas = 1;
    what.dynamics.method = FSNN_${settings.method.toUpperCase()};
${integer ? '    what.dynamics.integrator = FSNN_ODEINT;\n' : ''}    what.dynamics.step = ${settings.step};
    what.dynamics.precision = FSNN_PRECISION_SINGLE;
    what.steps = ${stepsOf(settings)};
    what.seed = ${seedOf(settings)};
${cCurrent(settings)}
    fsnn_arrays result = {0};
    if (fsnn_simulate(&what, &result) < 0) {
        fprintf(stderr, "%s\\n", fsnn_error_text());
        return 1;
    }
    const double *t = fsnn_arrays_find(&result, "t")->data;
    const double *current = fsnn_arrays_find(&result, "current")->data;
    const double *v = fsnn_arrays_find(&result, "v")->data;
    const double *spikes = fsnn_arrays_find(&result, "spikes")->data;
    puts("t,current,v,spike");
    for (int64_t k = 0; k < what.steps; k++)
        printf("%.9g,%.9g,%.9g,%g\\n", t[k], current[k], v[k], spikes[k]);
    fsnn_arrays_free(&result);
    return 0;
}
`;
}
