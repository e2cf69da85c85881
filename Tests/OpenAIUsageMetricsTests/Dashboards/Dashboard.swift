/// A dashboard file, as far as the checks read it.
struct Dashboard: Decodable {
    struct DataSource: Decodable {
        var type: String
        var uid: String
    }

    struct Variable: Decodable {
        var name: String
        var type: String
        var label: String
        var query: String
        var refresh: Int
        var multi: Bool
        var allValue: String?
        var datasource: DataSource?
    }

    struct Target: Decodable {
        var refId: String
        var expr: String
        var legendFormat: String
        var datasource: DataSource
        var instant: Bool
    }

    struct GridPosition: Decodable {
        var x: Int
        var y: Int
        var w: Int
        var h: Int
    }

    struct Step: Decodable {
        var color: String
        var value: Double?
    }

    struct Thresholds: Decodable {
        var steps: [Step]
    }

    struct Defaults: Decodable {
        var unit: String
        var noValue: String?
        var thresholds: Thresholds
    }

    struct FieldConfiguration: Decodable {
        var defaults: Defaults
    }

    struct Panel: Decodable {
        var id: Int
        var type: String
        var title: String
        var description: String
        var datasource: DataSource
        var gridPos: GridPosition
        var fieldConfig: FieldConfiguration
        var targets: [Target]
    }

    struct Annotation: Decodable {
        var name: String
        var datasource: DataSource
        var expr: String
    }

    struct Annotations: Decodable {
        var list: [Annotation]
    }

    struct Templating: Decodable {
        var list: [Variable]
    }

    var uid: String
    var title: String
    var description: String
    var schemaVersion: Int
    var editable: Bool
    var graphTooltip: Int
    var templating: Templating
    var annotations: Annotations
    var panels: [Panel]
}
