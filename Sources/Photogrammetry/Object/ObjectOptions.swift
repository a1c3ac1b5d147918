/// How one object is found in photos all round it.
public struct ObjectOptions: Sendable, Equatable {
    /// Each photo's place in the walk, 0 ..< walk; nil: the order is to be found.
    public var places: [Int]?
    /// How many places at about equal angles the walk has.
    public var walk: Int
    /// Of the car in metres; nil takes the usual width of cars.
    public var length: Double?
    /// Triangles of the model at most.
    public var triangles = 50_000

    public init(places: [Int]?, walk: Int) { (self.places, self.walk) = (places, walk) }
}
