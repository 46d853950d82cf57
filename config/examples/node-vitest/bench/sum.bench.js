import { bench } from 'vitest';
import { sum } from '../src/sum.js';

bench('sum', () => {
  sum(100000);
}, { time: 200, warmupTime: 50 });
