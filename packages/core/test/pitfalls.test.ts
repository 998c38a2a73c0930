/**
 * Defects that were found in published webhook receivers, each of which this one must not have. The numbers are those of
 * the catalogue of them. Where it is not plain that a stimulus bites, the test shows first what it does to a naive
 * receiver. The cases beyond are in the tests of the modules and in `reliability/`.
 */
import './pitfalls/body.ts'
import './pitfalls/signatures.ts'
import './pitfalls/time-and-headers.ts'
import './pitfalls/state.ts'
import './pitfalls/replies.ts'
