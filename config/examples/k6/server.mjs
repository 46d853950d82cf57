// The service that is measured: it answers after some work.
import { createServer } from 'node:http';

const work = 20000;

createServer((request, response) => {
  let total = 0;
  for (let i = 0; i < work; i++) total += i % 7;
  response.end(String(total));
}).listen(process.argv[2]);
