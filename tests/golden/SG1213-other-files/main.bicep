// Modules are Bicep files, JSON templates, or references.
module a 'part.txt' = {}
import { b } from 'part.yaml'
