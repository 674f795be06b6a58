namespace Tandem.Access;

/// <summary>What somebody wants to do with a table.</summary>
public enum TableAction
{
    /// <summary>Read a record whole, its history too. Who may view may list, unless listing is denied.</summary>
    View,
    Add,
    Change,
    Delete,

    /// <summary>Find records in lists, with the fields that lists may show.</summary>
    List,

    /// <summary>Write to many records in one operation; each must be one that may be changed or deleted besides.</summary>
    Bulk,

    /// <summary>Run tasks that belong to the table.</summary>
    Run,

    /// <summary>Make records active or inactive.</summary>
    Enable,

    /// <summary>Run the application itself: users, rights, reloading the schema. Asked without a table.</summary>
    Administer,
}
