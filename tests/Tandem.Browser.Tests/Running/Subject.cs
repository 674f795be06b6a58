namespace Tandem.Browser.Tests.Running;

/// <summary>Which data a scenario plays on.</summary>
public enum Data
{
    Chinook,
    Bakery,
}

/// <summary>Which database keeps it.</summary>
public enum Store
{
    Sqlite,
    PostgreSql,
}

/// <summary>The table of people that most scenarios work on, whatever it is called where they play.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Key">Its key.</param>
/// <param name="Name">What its records are called by.</param>
/// <param name="Email">A required text.</param>
/// <param name="First">A text that may be empty.</param>
/// <param name="Second">Another one.</param>
internal sealed record Subject(string Table, string Key, string Name, string Email, string First, string Second)
{
    private static int s_next = 50_000;

    public static Subject Of(Data data, Store store) => (data, store) switch
    {
        (Data.Chinook, Store.Sqlite) => new("Customer", "CustomerId", "LastName", "Email", "Company", "City"),
        (Data.Chinook, _) => new("customer", "customer_id", "last_name", "email", "company", "city"),
        _ => new("customers", "id", "name", "email", "street", "town"),
    };

    /// <summary>A new record's values; every call gives another one.</summary>
    public Dictionary<string, object?> Fresh(string? name = null)
    {
        // Numbers far apart: SQLite numbers new records from the highest one on and would meet the next of ours, and it gives
        // the number of a deleted record out again, with that record's history.
        var number = Interlocked.Add(ref s_next, 100);
        var values = new Dictionary<string, object?>
        {
            [Key] = number,
            [Name] = name ?? $"Person {number}",
            [Email] = $"person{number}@example.org",
            [First] = "First at start",
            [Second] = "Second at start",
        };
        if (Table != "customers")
        {
            values[Table == "Customer" ? "FirstName" : "first_name"] = "Ann";
        }

        return values;
    }
}
