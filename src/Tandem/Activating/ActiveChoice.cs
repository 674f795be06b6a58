using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Activating;

/// <summary>Which records of an activatable table somebody asks for.</summary>
public enum ActiveChoice
{
    /// <summary>Those that are active: what a list shows unless it is asked for others.</summary>
    Active,

    /// <summary>Those that are not.</summary>
    Inactive,

    /// <summary>All.</summary>
    All,
}

/// <summary>Choices as addresses spell them, and as filters.</summary>
public static class ActiveChoices
{
    /// <summary>The records of a choice; every record where the table is not activatable.</summary>
    public static Filter Of(TableSchema schema, ActiveChoice choice) => (schema.Activation, choice) switch
    {
        (null, _) or (_, ActiveChoice.All) => Filter.All,
        ({ } activation, ActiveChoice.Active) => activation.IsActive,
        ({ } activation, _) => activation.IsInactive,
    };

    /// <summary>What a list shows that says nothing: active records, unless its filter says itself which.</summary>
    public static ActiveChoice Default(TableSchema schema, Filter filter) =>
        schema.Activation is { } activation && FilterFields.Of(filter).Contains(activation.Active) ? ActiveChoice.All : ActiveChoice.Active;

    /// <summary>Reads <c>true</c>, <c>false</c> or <c>all</c>.</summary>
    public static bool TryParse(string text, out ActiveChoice choice)
    {
        choice = text switch { "false" => ActiveChoice.Inactive, "all" => ActiveChoice.All, _ => ActiveChoice.Active };
        return text is "true" or "false" or "all";
    }

    /// <summary>The choice as addresses spell it.</summary>
    public static string Name(ActiveChoice choice) => choice switch { ActiveChoice.Inactive => "false", ActiveChoice.All => "all", _ => "true" };
}
