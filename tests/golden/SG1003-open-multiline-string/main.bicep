// A multi-line string that never ends
var script = '''
echo ''hello''
