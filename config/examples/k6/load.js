import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const answer = http.get(`http://127.0.0.1:${__ENV.PORT}/`);
  check(answer, { 'answers 200': (r) => r.status === 200 });
}
