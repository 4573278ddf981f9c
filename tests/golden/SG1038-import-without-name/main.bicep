// A name that is no identifier needs another one here
import { 'a-b', 'c-d' as d } from 'x.bicep'
