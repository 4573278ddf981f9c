// Brackets that are not closed end before the next statement
var a = {
  b: {
    c: [
      1
  }
param d string
var e = f(
  1,
@secure()
param g string
resource h 'i@j' = {
  name: 'x'
  properties: {
    k: 1
output l string = 'm'
type n = {
  o: string
var p = [
  1
resource q 'r@s' = {
  name: 'y'
}
import { t
var u = [for v in w: {
  x: 1
