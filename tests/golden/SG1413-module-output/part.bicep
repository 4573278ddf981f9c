output name string = 'x'
