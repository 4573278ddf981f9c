// .? reads properties
var a = sys.?concat('a', 'b')
