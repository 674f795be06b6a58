namespace Tandem.Cli.Bakery;

/// <summary>Names of people, streets, towns and firms.</summary>
internal static class Names
{
    public static readonly string[] First = List("""
        Ada Adam Agnes Aisha Alba Alfie Alice Amara Amelia Amir Anna Anton Arthur Astrid Aya Beatrice Ben Bianca Bruno Camille Carlos Chloe Clara Colin Dana Daniel Daria David Delia Diego
        Edith Elena Elias Eliza Ella Emil Emma Eric Esme Ethan Eva Fatima Felix Fiona Florence Frank Freya Gareth George Grace Greta Hana Hannah Harry Hassan Helen Henry Hugo Ibrahim Ida
        Ines Isaac Isla Ivan Ivy Jack Jakub James Jana Jasmine Joan Jonas Julia Kaito Karim Kate Keira Laila Lara Lars Laura Leo Lena Liam Lily Linh Louis Lucia Luka Maeve Magda Malik Mara
        Marco Maria Martha Mateo Maya Mei Mia Milan Mina Mohan Nadia Naomi Nikhil Nina Noah Nora Oliver Olga Omar Oscar Otto Owen Paula Pedro Petra Philip Priya Rafael Ravi Rosa Ruth Sam
        Samira Sara Sean Selma Simon Sofia Stella Sven Tara Theo Thomas Tilda Tom Una Vera Victor Viola Wendy Will Yara Yusuf Zara Zoe
        """);

    public static readonly string[] Last = List("""
        Abbott Adams Ahmed Ali Andersen Archer Atkins Bailey Baker Barnes Bauer Becker Bell Bennett Berg Bishop Blake Brandt Brennan Brooks Brown Burke Byrne Campbell Carter Castro Chan Chen
        Clarke Cole Collins Cooper Costa Cox Craig Cruz Davies Dean Diaz Dixon Doyle Dubois Duncan Edwards Ellis Evans Fernandez Fischer Fisher Fletcher Flynn Ford Foster Fox Fraser Garcia
        Gibson Gill Gordon Graham Grant Gray Green Griffin Gupta Haas Hall Hansen Harper Harris Hart Hayes Hill Hoffmann Holmes Howard Hughes Hunt Hussain Ito Jackson Jansen Jensen Johansson
        Jones Kaya Keller Kelly Khan Kim King Klein Knight Kowalski Kumar Lambert Larsen Lee Lewis Lindqvist Lopez Lynch MacDonald Marsh Martin Mason Matthews Mehta Meyer Miller Mills Mitchell
        Moore Moreau Morgan Morris Murphy Murray Nakamura Nash Nguyen Nolan Novak Oakley OBrien Okafor Olsen Owen Page Palmer Park Parker Patel Pearce Perez Perry Petrov Porter Powell Price
        Quinn Rahman Ramos Reed Reid Reyes Rice Richter Rossi Rowe Russell Ryan Sanchez Santos Sato Schmidt Schneider Scott Sharma Shaw Silva Simpson Singh Smith Sousa Spencer Stone Sullivan
        Tanaka Taylor Thompson Torres Tran Turner Vogel Wagner Walker Walsh Wang Ward Watson Weber Wells West White Wilson Wolf Wood Wright Yamamoto Yilmaz Young Zhang Zimmermann
        """);

    public static readonly string[] Streets =
    [
        "Abbey Road", "Alder Lane", "Back Lane", "Baker's Row", "Bridge Street", "Canal Walk", "Castle Hill", "Chapel Street", "Church Lane", "Cloth Hall Yard", "Corn Market", "Elm Avenue", "Ferry Road", "Field View",
        "Garden Terrace", "George Street", "Granary Wharf", "Green Lane", "Harbour Street", "Hawthorn Close", "High Street", "Hill Rise", "Kiln Lane", "King Street", "Lime Grove", "London Road", "Market Place", "Meadow Way",
        "Mill Lane", "North Parade", "Oak Drive", "Old Forge Lane", "Orchard Street", "Park Road", "Priory Street", "Quay Side", "Queen Street", "River Walk", "Rose Hill", "School Lane", "Sheep Street", "South Street",
        "Spring Gardens", "Station Road", "Stone Bridge", "Victoria Road", "Water Lane", "Weaver Street", "Well Street", "Windmill Hill",
    ];

    public static readonly (string Town, string Area)[] Towns =
    [
        ("Wrenfield", "WF"), ("Ashbourne Mill", "AM"), ("Little Harrow", "LH"), ("Oakley Cross", "OC"), ("Stonebridge", "SB"), ("Marlow Quay", "MQ"), ("Eastwick", "EW"), ("Hartley Green", "HG"), ("Thornbury Dale", "TD"), ("Saltmarsh", "SM"),
    ];

    public static readonly string[] FirmKinds = ["Mill", "Dairy", "Farm", "Trading", "Foods", "Wholesale", "Orchards", "Brothers", "& Sons", "Produce"];

    public static readonly string[] CafeWords = ["Copper", "Blue", "Corner", "Garden", "Little", "Old", "Red", "Silver", "River", "Station", "Market", "Sunny", "Quiet", "Harbour", "Linden", "Maple", "North", "Paper", "Velvet", "Willow"];

    public static readonly string[] CafeThings = ["Kettle", "Spoon", "Lantern", "Table", "Teapot", "Anchor", "Window", "Bicycle", "Fox", "Heron", "Swan", "Clock", "Library", "Olive", "Pear", "Oven", "Door", "Barn", "Bridge", "Bell"];

    private static string[] List(string text) => text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
