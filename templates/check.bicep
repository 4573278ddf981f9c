// check.bicep: refuses a description that breaks a rule, before anything is made. A module of its own, since a template of
// Azure's holds 64 functions, and the rules need nearly all of them.
import { Swarm } from 'swarm.bicep'
import { problems } from 'rules.bicep'

param swarm Swarm

var found = filter(problems(swarm), problem => problem.?level != 'warning')

output passed bool = empty(found) ? true : fail(join(map(found, problem => '${problem.at}: ${problem.message}'), '; '))
