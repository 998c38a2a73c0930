/** Koa 2 under an alias; its types are close enough to those of 3 for what the tests use. */
declare module 'koa2' {
  export { default } from 'koa'
}
