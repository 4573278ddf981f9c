// not the file that is looked for
