// Arguments of decorators are constants.
param limit int
@maxValue(limit)
@metadata({ text: toUpper('x') })
param count int
