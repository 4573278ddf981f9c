param name string

output long string = '${name}-long'
