// The two forms of an import
import { Swarm, } from 'swarm.bicep'
import Swarm from 'swarm.bicep'
import * from 'swarm.bicep'
import { Swarm as } from 'swarm.bicep'
import { Swarm }
import { } 'swarm.bicep'
