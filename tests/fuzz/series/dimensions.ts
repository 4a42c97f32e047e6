@relation x
@attribute r relational
@attribute a real
@attribute b real
@end r
@attribute t {x,y}
@data
'1,2\n3,4',y
"?,1\n0,0" , x
