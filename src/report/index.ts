export { formats, render, type Format, type Report } from './render.ts';
