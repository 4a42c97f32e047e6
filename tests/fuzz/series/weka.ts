% words
@relation x
@attribute a numeric
@attribute 'b c' real
@attribute t {2,'one more'}
@data
1,2,'one more'
?,4, 2
