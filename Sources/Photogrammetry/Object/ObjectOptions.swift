/// How one object is found in photos all round it.
public struct ObjectOptions: Sendable, Equatable {
    /// Each photo's place in the walk, 0 ..< walk; nil: the order is to be found.
    public var places: [Int]?
    /// How many places at about equal angles the walk has.
    public var walk: Int
    /// Of the car in metres; it decides the scale. Nil takes the wheelbase, else plates, else the usual size of cars.
    public var length: Double?
    /// Between the car's axles in metres; counts where views say where wheels are.
    public var wheelbase: Double?
    /// Of a number plate in metres; counts where two views or more say where one is.
    public var plateWidth = 0.52
    /// Triangles of the model at most.
    public var triangles = 50_000

    public init(places: [Int]?, walk: Int) { (self.places, self.walk) = (places, walk) }
}
