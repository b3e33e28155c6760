import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BookingsInDoubt } from './bookings-in-doubt.js';

function makeBookings() {
  let now = 0;
  return { bookings: new BookingsInDoubt(5_000, () => now), pass: (ms: number) => { now += ms; } };
}

test('a lost call leaves its number in doubt for a while, and no other', () => {
  const { bookings, pass } = makeBookings();
  bookings.begin('T1').end('lost');
  const other = bookings.begin('T2');
  assert.equal(other.isInDoubt(), false);
  const again = bookings.begin('T1');
  pass(4_999);
  assert.equal(again.isInDoubt(), true);
  pass(1);
  assert.equal(again.isInDoubt(), false);
});

test('a call is in doubt while another one under its number runs, and not because of itself', () => {
  const { bookings } = makeBookings();
  const first = bookings.begin('T1');
  assert.equal(first.isInDoubt(), false);
  const second = bookings.begin('T1');
  assert.equal(second.isInDoubt(), true);
  first.end('ended');
  assert.equal(second.isInDoubt(), false);
});

test('an answer leaves no doubt, whatever it says', () => {
  const { bookings } = makeBookings();
  bookings.begin('T1').end('ended');
  assert.equal(bookings.begin('T1').isInDoubt(), false);
});
