// rules.bicep: what a description must keep to across its fields. Each problem says where swarm.yaml must change.
import { Swarm } from 'swarm.bicep'

@export()
@description('Something that is wrong with a description.')
type Problem = {
  @description('Dotted path in swarm.yaml.')
  at: string
  @description('What is wrong, and what would be right.')
  message: string
  @description('How bad it is; an error where it is left out.')
  level: ('error' | 'warning')?
}

@description('Rules of one pool.')
func poolProblems(key string, pool object) Problem[] =>
  pool.?autoscale != null && !(pool.autoscale.min <= pool.count && pool.count <= pool.autoscale.max)
    ? [
        {
          at: 'workers.${key}.count'
          message: 'is ${pool.count}; it must lie between autoscale.min (${pool.autoscale.min}) and autoscale.max (${pool.autoscale.max})'
        }
      ]
    : []

@export()
@description('All that is wrong with a description; empty if nothing is.')
func problems(swarm Swarm) Problem[] =>
  concat(flatten(map(items(swarm.workers), entry => poolProblems(entry.key, entry.value))))
