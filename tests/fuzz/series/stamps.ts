@timeStamps true
@targetLabel true
@data
(2007-01-01 00:00:00,1),(2007-01-01 00:01:00,2):(0,3),(1,?):4
